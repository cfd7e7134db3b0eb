import type { ByteWriter } from "./byte-writer.ts";

const firstBytes = 4_096;
/** A buffer that grew beyond this is not kept. */
const keptBytes = 4 * 1_024 * 1_024;
/** From here on a message is handed over with the buffer that it was written in, rather than copied. */
const handedBytes = 64 * 1_024;
const noBytes = new Uint8Array(0);

/** Writers that serve one message after the other, unless a getter of a value encodes while it is read. */
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

  /** A writer whose buffer is as large as the message needs, and the same for the next message. */
  growing(): W {
    if (this.#growingBusy) return this.#make(new Uint8Array(firstBytes), { fixed: false });
    this.#growingBusy = true;
    const w = this.#growing;
    if (w.bytes.length > keptBytes) w.bytes = new Uint8Array(firstBytes);
    return w;
  }

  /** What was written, for good: in the buffer itself where it is large and fills that but for an eighth. */
  taken(w: W): Uint8Array {
    const { bytes, pos } = w;
    if (pos < handedBytes || bytes.length - pos > pos >> 3) return bytes.slice(0, pos);
    w.bytes = new Uint8Array(firstBytes);
    return bytes.subarray(0, pos);
  }

  /** A writer into a given buffer. */
  fixed(bytes: Uint8Array): W {
    if (this.#fixedBusy) return this.#make(bytes, { fixed: true });
    this.#fixedBusy = true;
    this.#fixed.bytes = bytes;
    return this.#fixed;
  }

  /** What was written stays until the writer is asked for again. */
  release(w: W): void {
    if (w === this.#growing) this.#growingBusy = false;
    else if (w === this.#fixed) {
      this.#fixedBusy = false;
      // the next message may be long in coming: hold nothing of this one
      w.bytes = noBytes;
    }
  }
}
