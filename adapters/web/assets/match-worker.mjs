// Matches logs apart from the page, so that the page stays alive. It is told where the module and the
// index are and which files to read; it opens no other address, and sends nothing.
import { Engine } from "./match-engine.mjs";

// How often progress is told, in milliseconds.
const TELL_EVERY = 100;

self.addEventListener("message", async ({ data }) => {
  try {
    await run(data);
  } catch (error) {
    console.warn("match:", error);
    self.postMessage({ failed: String(error) });
  }
});

async function run({ module, index, zone, site, names, files }) {
  const asked = await fetch(index, { headers: { Accept: "application/json" } });
  const place = await asked.json();
  if (!asked.ok) {
    // No list yet, or signed out in the meantime: the portal says which.
    self.postMessage({ refused: place.message });
    return;
  }
  self.postMessage({ list: 0 });
  const [engine, image] = await Promise.all([
    Engine.start(async (imports) =>
      (await WebAssembly.instantiateStreaming(fetch(module), imports)).instance, navigator.deviceMemory),
    fetch(place.path),
  ]);
  if (!image.ok) throw new Error(`the index: ${image.status}`);
  await engine.openIndex(place.size_bytes, pieces(image.body.getReader(), place.size_bytes));

  const reader = new FileReaderSync();
  if (names.length) {
    const bytesOf = (file) => new Uint8Array(reader.readAsArrayBuffer(file));
    const named = engine.openNames({ zone, site }, names, bytesOf);
    self.postMessage({ named });
    // Nothing is matched by half of the names.
    if (named.some((it) => it.problem)) return;
  }
  for (const file of files) {
    let told = performance.now();
    let read = 0;
    const tell = () => {
      self.postMessage({ file: file.name, read });
      told = performance.now();
      read = 0;
    };
    const log = { file: file.name, modified_ms: file.lastModified, zone };
    const slice = (from, to) => new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to)));
    tell();
    const whole = async () => new Uint8Array(await file.arrayBuffer());
    const all = await engine.check(log, file.size, slice, whole, (bytes) => {
      read += bytes;
      if (performance.now() - told > TELL_EVERY) tell();
    });
    tell();
    for (const checked of all) self.postMessage({ checked });
  }
  self.postMessage({ done: true });
}

async function* pieces(reader, size) {
  let read = 0;
  let told = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    read += value.length;
    yield value;
    if (performance.now() - told > TELL_EVERY) {
      self.postMessage({ list: read / size });
      told = performance.now();
    }
  }
}
