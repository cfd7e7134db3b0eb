const SLAB_BYTES = 64 * 1024;
/** Larger frames have memory of their own, so that at most an eighth of a slab is wasted. */
const SHARED_UP_TO_BYTES: number = SLAB_BYTES / 8;

/**
 * Memory for frames in flight. Small frames share a slab, so that most copies need no allocation.
 */
export class Slab {
  #buffer: ArrayBuffer = new ArrayBuffer(0);
  #used = 0;

  /** Returns a copy of `bytes`. A slab is garbage when all of its frames are. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > SHARED_UP_TO_BYTES) return new Uint8Array(bytes);
    if (length > this.#buffer.byteLength - this.#used) {
      this.#buffer = new ArrayBuffer(SLAB_BYTES);
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#buffer, this.#used, length);
    this.#used += length;
    copy.set(bytes);
    return copy;
  }
}

/**
 * Overwrites a frame whose reader has returned, so that a reader that kept a view fails in tests
 * too.
 */
export function spoil(payload: Uint8Array): void {
  payload.fill(0xdb);
}
