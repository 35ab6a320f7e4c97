// Runs the module in Node: node check.mjs MODULE INDEX ZONE LOG...
//
// Prints one line of JSON a log, what the module gave (of a zip, one for each log in it), and then the CPU seconds and bytes of memory
// that matching took.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { Engine } from "../../adapters/web/assets/match-engine.mjs";

const [module, index, zone, ...logs] = process.argv.slice(2);
let memory = null;
const engine = await Engine.start(async (imports) => {
  const { instance } = await WebAssembly.instantiate(readFileSync(module), imports);
  memory = instance.exports.memory;
  return instance;
});
const image = readFileSync(index);
await engine.openIndex(image.length, [image]);

// Compilers of hot code begin with slow code: their work counts as much as any other.
const before = process.cpuUsage();
for (const path of logs) {
  const file = openSync(path, "r");
  const slice = (from, to) => {
    const bytes = new Uint8Array(to - from);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  };
  const { mtimeMs, size } = fstatSync(file);
  const log = { file: basename(path), modified_ms: Math.floor(mtimeMs), zone };
  const all = await engine.check(log, size, slice, () => readFileSync(path), () => {});
  for (const checked of all) console.log(JSON.stringify(checked));
  closeSync(file);
}
const taken = process.cpuUsage(before);
const cpu_seconds = (taken.user + taken.system) / 1e6;
console.log(JSON.stringify({ cpu_seconds, memory_bytes: memory.buffer.byteLength }));
