import { fail } from "../failure.ts";
import type { Reference } from "../xlang/references.ts";

/** Thrown, and caught by the codec, where a fixed buffer may be too small. */
export const bufferFull: unique symbol = Symbol("buffer full");

/** Up to here bytes one by one are faster than a call into the runtime. */
const few = 32;

/** Where an engine writes: bytes up to `pos`, and what this message has named so far. */
export class ByteWriter {
  bytes: Uint8Array;
  pos = 0;
  /** Tells this message from all others, for type names that are written once per message. */
  message = 0;
  /** Meta strings written so far. */
  names = 0;
  /** Which of them is the empty namespace, or −1. */
  emptyName = -1;
  /** Which is which, in profiles where equal ones are written once. */
  nameIds: Map<string, number> | undefined = undefined;
  /** Definitions written so far. */
  definitions = 0;
  /** Elements of containers keep references too: the root type declares them. */
  tracking = false;
  /** Values that may be referred to. */
  references: Map<unknown, Reference> | undefined = undefined;
  referenceCount = 0;
  maxDepth = 0;
  maxBytes = 0;
  readonly fixed: boolean;

  constructor(bytes: Uint8Array, options: { readonly fixed: boolean }) {
    this.bytes = bytes;
    this.fixed = options.fixed;
  }

  /** The buffer, with room for `size` bytes at `pos`. Bytes before `pos` are kept. */
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

  /** A varuint of 32 bits. */
  putSmall(value: number): void {
    const b = this.room(this.pos, 5);
    let rest = value >>> 0;
    for (; rest > 127; rest >>>= 7) b[this.pos++] = (rest & 127) | 128;
    b[this.pos++] = rest;
  }

  #grown(pos: number, size: number): Uint8Array {
    if (this.fixed) throw bufferFull;
    // room is asked for generously: the exact bound is checked when the message is complete
    if (pos > this.maxBytes || size > this.maxBytes * 4 + 64) {
      throw fail("limit", `the message is larger than ${this.maxBytes} bytes`);
    }
    // what is large is often nearly all: a little more, so that the end needs no second growth
    const next = new Uint8Array(Math.max(this.bytes.length * 2, pos + size + (size >> 6)));
    next.set(this.bytes.subarray(0, pos));
    this.bytes = next;
    return next;
  }
}
