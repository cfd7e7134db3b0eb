import type { ByteWriter } from "./byte-writer.ts";

/** Most messages fit without growing. */
const firstBytes = 4_096;
/**
 * A buffer that grew beyond this size is dropped, so that one large message does not hold memory.
 */
const keptBytes = 4 * 1_024 * 1_024;
/** From this size on a message keeps the buffer that it was written in, which saves a copy. */
const handedBytes = 64 * 1_024;
const noBytes = new Uint8Array(0);

/**
 * Lends writers to one message after the other. Nested encoding, in a getter of a value, gets a new
 * one.
 */
export class Writers<W extends ByteWriter> {
  readonly #make: (bytes: Uint8Array, options: { readonly fixed: boolean }) => W;
  readonly #growing: W;
  readonly #fixed: W;
  #growingBusy = false;
  #fixedBusy = false;

  constructor(make: (bytes: Uint8Array, options: { readonly fixed: boolean }) => W) {
    this.#make = make;
    this.#growing = make(new Uint8Array(firstBytes), { fixed: false });
    this.#fixed = make(noBytes, { fixed: true });
  }

  /** Returns a writer whose buffer grows as needed. The next message reuses the buffer. */
  growing(): W {
    if (this.#growingBusy) return this.#make(new Uint8Array(firstBytes), { fixed: false });
    this.#growingBusy = true;
    const w = this.#growing;
    if (w.bytes.length > keptBytes) w.bytes = new Uint8Array(firstBytes);
    return w;
  }

  /**
   * Returns the written bytes for good: the buffer itself if it is large and at least seven eighths
   * full, else a copy.
   */
  taken(w: W): Uint8Array {
    const { bytes, pos } = w;
    if (pos < handedBytes || bytes.length - pos > pos >> 3) return bytes.slice(0, pos);
    w.bytes = new Uint8Array(firstBytes);
    return bytes.subarray(0, pos);
  }

  /** Returns a writer into a given buffer. */
  fixed(bytes: Uint8Array): W {
    if (this.#fixedBusy) return this.#make(bytes, { fixed: true });
    this.#fixedBusy = true;
    this.#fixed.bytes = bytes;
    return this.#fixed;
  }

  /** Takes a writer back. Its bytes stay valid until the next message. */
  release(w: W): void {
    if (w === this.#growing) this.#growingBusy = false;
    else if (w === this.#fixed) {
      this.#fixedBusy = false;
      // the next message may arrive much later: hold nothing of this one
      w.bytes = noBytes;
    }
  }
}
