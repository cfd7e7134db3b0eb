import type { ByteReader } from "./byte-reader.ts";

const noBytes = new Uint8Array(0);

/**
 * The readers of one mode. One reader serves message after message, unless it is busy: nested
 * decoding, in a setter or a default, needs a new one. The fields are public because a call for
 * each message would cost several percent of a small one.
 */
export class Readers<R extends ByteReader> {
  readonly shared: R;
  busy = false;
  readonly #make: (bytes: Uint8Array) => R;

  constructor(make: (bytes: Uint8Array) => R) {
    this.#make = make;
    this.shared = make(noBytes);
  }

  /** Makes a reader for a nested message. */
  another(): R {
    return this.#make(noBytes);
  }
}
