import { CodecError } from "../error.ts";
import { fail } from "../failure.ts";

/** Thrown when a fixed buffer may be too small. The codec catches it. */
export const bufferFull: unique symbol = Symbol("buffer full");

/** Up to this many bytes, a loop is faster than a call into the runtime. */
const few = 32;

/**
 * Writes the bytes of one message: the buffer, the position in it, and the limits of depth and
 * size. Each mode adds its own state in a subclass.
 */
export class ByteWriter {
  bytes: Uint8Array;
  pos = 0;
  maxDepth = 0;
  maxBytes = 0;
  readonly fixed: boolean;

  /** A `fixed` writer throws {@link bufferFull} instead of growing its buffer. */
  constructor(bytes: Uint8Array, options: { readonly fixed: boolean }) {
    this.bytes = bytes;
    this.fixed = options.fixed;
  }

  /** Returns the buffer, with room for `size` bytes at `pos`. Bytes before `pos` are kept. */
  room(pos: number, size: number): Uint8Array {
    return pos + size <= this.bytes.length ? this.bytes : this.#grown(pos, size);
  }

  putByte(value: number): void {
    const b = this.room(this.pos, 1);
    b[this.pos++] = value;
  }

  putBytes(bytes: Uint8Array): void {
    const n = bytes.length;
    const b = this.room(this.pos, n);
    const p = this.pos;
    if (n > few) b.set(bytes, p);
    else for (let i = 0; i < n; i++) b[p + i] = bytes[i] as number;
    this.pos = p + n;
  }

  /** Writes a varuint of 32 bits. */
  putSmall(value: number): void {
    const b = this.room(this.pos, 5);
    let rest = value >>> 0;
    for (; rest > 127; rest >>>= 7) b[this.pos++] = (rest & 127) | 128;
    b[this.pos++] = rest;
  }

  /** Refuses a value that nests too deep. Encoding of a cyclic value ends here. */
  checkDepth(depth: number, hint = ""): void {
    if (depth > this.maxDepth) {
      throw fail(
        "limit",
        `nested deeper than ${this.maxDepth} levels: is the value cyclic?${hint}`,
      );
    }
  }

  #grown(pos: number, size: number): Uint8Array {
    if (this.fixed) throw bufferFull;
    // callers ask for generous room; the exact limit is checked when the message is complete
    if (pos > this.maxBytes || size > this.maxBytes * 4 + 64) {
      throw fail("limit", `the message is larger than ${this.maxBytes} bytes`);
    }
    // a large value is often nearly the whole message: a little more room avoids a second growth
    const next = new Uint8Array(Math.max(this.bytes.length * 2, pos + size + (size >> 6)));
    next.set(this.bytes.subarray(0, pos));
    this.bytes = next;
    return next;
  }
}

/**
 * Copies an encoded message into the caller's buffer and returns its size. Throws {@link
 * CodecError} `space` if it does not fit; the buffer is then unchanged.
 */
export function copyInto(
  encoded: Uint8Array,
  buffer: Uint8Array,
  offset: number,
  root: string,
): number {
  const fits = Number.isInteger(offset) && offset >= 0 && encoded.length <= buffer.length - offset;
  if (!fits) throw noSpace(root, `${encoded.length} bytes do`, buffer, offset);
  buffer.set(encoded, offset);
  return encoded.length;
}

/** Makes the error for a message that does not fit. */
export function noSpace(
  root: string,
  what: string,
  buffer: Uint8Array,
  offset: number,
): CodecError {
  return new CodecError(
    "space",
    `${root}: ${what} not fit into a buffer of ${buffer.length} at ${offset}`,
  );
}
