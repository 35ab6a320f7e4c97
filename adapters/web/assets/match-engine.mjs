// Runs the matching module (apps/browser): for the page's worker, and for tests and benchmarks in Node.

// How much of a log is read at a time, in bytes.
export const SLICE_BYTES = 1 << 20;

// The longest log that is held in memory for its SHA-256, in bytes: a sixteenth of the memory of a machine of so many
// gigabytes, of which browsers tell at most 8, and some nothing.
const mostDigested = (gigabytes = 4) => (Math.min(gigabytes, 8) * (1 << 30)) / 16;

// The largest file of names that is taken, in bytes as it comes.
const MOST_NAMES = 1 << 25;

// SHA-256 in hex: the browser has a processor's instructions for it, a module has not.
async function sha256Of(bytes) {
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Engine {
  #instance = null;
  #advanced = null;
  #mostDigested;
  // Bytes of the log that the module has not taken yet, and how to get more.
  #left = null;
  #more = null;

  // `start` gets the module's imports and gives its instance: by streaming in a browser. The machine has so many
  // gigabytes of memory.
  static async start(start, gigabytes) {
    const engine = new Engine();
    engine.#mostDigested = mostDigested(gigabytes);
    engine.#instance = await start({
      page: {
        read: (to, most) => engine.#give(to, most),
        advanced: (bytes, lines) => engine.#advanced(bytes, lines),
      },
    });
    return engine;
  }

  // Takes the index that `pieces` give, of so many bytes, into the module's memory and nowhere else.
  async openIndex(length, pieces) {
    const exports = this.#instance.exports;
    const at = exports.inbox(length) >>> 0;
    let written = 0;
    for await (const piece of pieces) {
      if (written + piece.length > length) throw new Error("the index is longer than was said");
      new Uint8Array(exports.memory.buffer, at + written, piece.length).set(piece);
      written += piece.length;
    }
    if (written !== length) throw new Error("the index is shorter than was said");
    if (!exports.open_index()) throw new Error("the module does not read this index");
  }

  // Takes files that tell which device an address was, for all logs that follow; `bytesOf(file)` gives the bytes
  // of one. Gives what became of each; where one has a problem, none is used.
  openNames({ zone, site }, files, bytesOf) {
    const exports = this.#instance.exports;
    const unread = (file) => [{ file: file.name, problem: "unreadable" }];
    for (const file of files) {
      if (file.size > MOST_NAMES) return unread(file);
      let bytes;
      try { bytes = bytesOf(file); } catch { return unread(file); }
      new Uint8Array(exports.memory.buffer, exports.inbox(bytes.length) >>> 0, bytes.length).set(bytes);
      exports.add_names();
    }
    const about = files.map((file) => ({ file: file.name, modified_ms: file.lastModified }));
    return this.#ask({ zone, site, files: about }, exports.open_names);
  }

  // Matches one file of so many bytes, and gives a list: what was seen in each log of it, of which a zip
  // holds several. `slice(from, to)` gives its raw bytes, fewer only at the end;
  // `whole()` gives all of them; `advanced` is told the bytes and lines read since it was told last.
  async check(log, size, slice, whole, advanced) {
    const bytes = await this.#held(size, whole);
    if (!bytes) return this.#checkOnce(log, slice, advanced).checked;
    // What is matched is what was hashed, even of a log that is still written.
    const part = (from, to) => bytes.subarray(from, to);
    const sha256 = await sha256Of(bytes);
    const { checked, read } = this.#checkOnce({ ...log, sha256 }, part, advanced);
    // Of a damaged log the hash is that of what was read, and only reading it tells how much that is.
    return read < bytes.length ? this.#checkOnce(log, part, () => {}).checked : checked;
  }

  // All bytes of a log that is hashed here. Null where the module has to do it: a long log, one that cannot be
  // had as a whole, or a page without TLS.
  async #held(size, whole) {
    if (!globalThis.crypto?.subtle || size > this.#mostDigested) return null;
    try { return await whole(); } catch { return null; }
  }

  #checkOnce(log, slice, advanced) {
    let from = 0;
    this.#left = new Uint8Array(0);
    this.#more = () => {
      const piece = slice(from, from + SLICE_BYTES);
      from += piece.length;
      return piece;
    };
    this.#advanced = advanced;
    return { checked: this.#ask(log, this.#instance.exports.check_log), read: from };
  }

  // Gives a value to a function of the module, and what it answers.
  #ask(value, call) {
    const exports = this.#instance.exports;
    const text = new TextEncoder().encode(JSON.stringify(value));
    new Uint8Array(exports.memory.buffer, exports.inbox(text.length) >>> 0, text.length).set(text);
    const length = call();
    if (!length) throw new Error("the module took nothing");
    const answer = new Uint8Array(exports.memory.buffer, exports.outbox() >>> 0, length);
    // A copy: decoders take no memory that a module may let grow.
    return JSON.parse(new TextDecoder().decode(answer.slice()));
  }

  #give(to, most) {
    try {
      if (this.#left.length === 0) this.#left = this.#more();
      const piece = this.#left.subarray(0, most);
      new Uint8Array(this.#instance.exports.memory.buffer, to >>> 0, piece.length).set(piece);
      this.#left = this.#left.subarray(piece.length);
      return piece.length;
    } catch {
      // The file was moved, changed or taken away with its stick.
      return -1;
    }
  }
}
