const SLAB_BYTES = 64 * 1024;
const SHARED_UP_TO_BYTES = 8 * 1024;

/** Memory for frames in flight: small ones share a slab, so that a copy costs no allocation of its own. */
export class Slab {
  #buffer: ArrayBuffer = new ArrayBuffer(0);
  #used = 0;

  /** A copy of `bytes`; the garbage collector frees a slab when the last frame in it is gone. */
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

/** Overwrites a frame whose reader has returned: who kept a view sees rubbish at once, and not only over QUIC. */
export function spoil(payload: Uint8Array): void {
  payload.fill(0xdb);
}
