/**
 * Reads the bytes of a ticket from the front. Throws the error of `cutShort` when bytes are
 * missing.
 */
export class TicketReader {
  readonly #bytes: Uint8Array;
  readonly #cutShort: () => Error;
  #offset = 0;

  constructor(bytes: Uint8Array, cutShort: () => Error) {
    this.#bytes = bytes;
    this.#cutShort = cutShort;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  /** Big-endian. */
  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  /** Returns a copy of the next `count` bytes. */
  bytes(count: number): Uint8Array {
    if (count > this.left) throw this.#cutShort();
    const start = this.#offset;
    this.#offset += count;
    return Uint8Array.from(this.#bytes.subarray(start, this.#offset));
  }
}
