/**
 * The bytes of a message that arrives in pieces, up to a limit. The memory it takes grows with the
 * bytes received, not with the number of pieces.
 */
export class BoundedBuffer {
  readonly #limit: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies a piece. Returns `false` and drops the piece if the message would exceed the limit. */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#limit) return false;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(
        Math.min(this.#limit, Math.max(length, 2 * this.#buffer.length)),
      );
      grown.set(this.bytes());
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  /** A view of the bytes received so far. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
