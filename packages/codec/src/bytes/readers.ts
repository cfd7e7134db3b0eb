import type { ByteReader } from "./byte-reader.ts";

const noBytes = new Uint8Array(0);

/**
 * Lends a reader to one message after the other. Nested decoding, in a setter or a default, gets a
 * new one.
 */
export class Readers<R extends ByteReader> {
  readonly #make: (bytes: Uint8Array) => R;
  readonly #shared: R;
  #busy = false;

  constructor(make: (bytes: Uint8Array) => R) {
    this.#make = make;
    this.#shared = make(noBytes);
  }

  take(): R {
    if (this.#busy) return this.#make(noBytes);
    this.#busy = true;
    return this.#shared;
  }

  release(r: R): void {
    if (r !== this.#shared) return;
    // the next message may arrive much later: hold nothing of this one
    r.begin(noBytes);
    this.#busy = false;
  }
}
