// Runs the module in Node: node check.mjs MODULE INDEX ZONE [--names=FILE...] LOG...
//
// Prints a line of JSON about the files of names, if there are any; one a log, what the module gave (of a zip, one for each
// log in it); and then the CPU seconds and bytes of memory that matching took.
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { totalmem } from "node:os";
import { basename } from "node:path";
import { Engine, SLICE_BYTES } from "../../adapters/web/assets/match-engine.mjs";

const [module, index, zone, ...files] = process.argv.slice(2);
const NAMES = "--names=";
const names = files.filter((it) => it.startsWith(NAMES)).map((it) => it.slice(NAMES.length));
const logs = files.filter((it) => !it.startsWith(NAMES));
let memory = null;
const engine = await Engine.start(async (imports) => {
  const { instance } = await WebAssembly.instantiate(readFileSync(module), imports);
  memory = instance.exports.memory;
  return instance;
}, totalmem() / (1 << 30));
const image = readFileSync(index);
await engine.openIndex(image.length, [image]);
if (names.length) {
  const about = names.map((path) => {
    const { mtimeMs, size } = statSync(path);
    return { name: basename(path), path, size, lastModified: Math.floor(mtimeMs) };
  });
  console.log(JSON.stringify(engine.openNames({ zone, site: "" }, about, (it) => readFileSync(it.path))));
}

// Compilers of hot code begin with slow code: their work counts as much as any other.
const before = process.cpuUsage();
// Each piece is taken whole before the next one is asked for.
const piece = new Uint8Array(SLICE_BYTES);
for (const path of logs) {
  const file = openSync(path, "r");
  const slice = (from, to) => piece.subarray(0, readSync(file, piece, 0, to - from, from));
  const { mtimeMs, size } = fstatSync(file);
  const log = { file: basename(path), modified_ms: Math.floor(mtimeMs), zone };
  const all = await engine.check(log, size, slice, () => readFileSync(path), () => {});
  for (const checked of all) console.log(JSON.stringify(checked));
  closeSync(file);
}
const taken = process.cpuUsage(before);
const cpu_seconds = (taken.user + taken.system) / 1e6;
console.log(JSON.stringify({ cpu_seconds, memory_bytes: memory.buffer.byteLength }));
