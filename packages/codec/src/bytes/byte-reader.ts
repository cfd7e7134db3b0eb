import { CodecError } from "../error.ts";
import { fail, kindOf } from "../failure.ts";
import { isBytes } from "../value-kind.ts";

/**
 * Reads the bytes of one message: the position in them, their end, and the budgets that bound how
 * deep values nest and how much memory they take. Each mode adds its own state in a subclass.
 */
export class ByteReader {
  bytes: Uint8Array;
  pos = 0;
  end: number;
  /** Halves of the last 64-bit integer read, unsigned. */
  lo = 0;
  hi = 0;
  maxDepth = 0;
  /** Bytes of memory that containers may still take. */
  graphBytes = 0;
  /** True if decoded bytes and arrays may be views of the message. */
  views = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Starts a message, or drops the last one when called with no bytes. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.end = bytes.length;
    this.pos = 0;
  }

  byte(): number {
    if (this.pos >= this.end) throw cutOff(1);
    return this.bytes[this.pos++] as number;
  }

  /** Skips `size` bytes and returns the position of the first one. */
  take(size: number): number {
    const start = this.pos;
    if (size > this.end - start) throw cutOff(size);
    this.pos = start + size;
    return start;
  }

  /**
   * Returns the next `size` bytes for the decoded value: a view if views are allowed, else a copy.
   */
  part(size: number): Uint8Array {
    const start = this.take(size);
    return this.views
      ? this.bytes.subarray(start, start + size)
      : this.bytes.slice(start, start + size);
  }

  /**
   * Accepts the element count of a container before memory is allocated for it. Each element takes
   * at least one byte of the message, except for `unbacked` of them, and `cost` bytes of memory.
   */
  count(n: number, cost: number, unbacked = 0): number {
    if (n > this.end - this.pos + unbacked) {
      throw fail("data", `a count of ${n} with ${this.end - this.pos} bytes left`);
    }
    this.charge(n * cost);
    return n;
  }

  /** Takes memory from the budget of the message. */
  charge(bytes: number): void {
    this.graphBytes -= bytes;
    if (this.graphBytes < 0) throw fail("limit", "the message takes too much memory");
  }

  checkDepth(depth: number): void {
    if (depth > this.maxDepth) throw fail("limit", `nested deeper than ${this.maxDepth} levels`);
  }

  /** Reads a varuint of 32 bits. */
  small(): number {
    const first = this.bytes[this.pos] as number;
    if (first < 128 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    const last = this.byte();
    if (last > 15) throw fail("data", "an integer of more than 32 bits");
    return (value | (last << 28)) >>> 0;
  }
}

function cutOff(size: number): unknown {
  return fail("data", `the message ends where ${size} more bytes should follow`);
}

/**
 * Returns the same bytes as a plain `Uint8Array`: one class of arrays keeps code fast, and `slice`
 * of a Node buffer would be a view.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Accepts the argument of `decode`. Throws {@link CodecError} `type` if it is not a `Uint8Array`.
 */
export function checkBytes(bytes: unknown): asserts bytes is Uint8Array {
  if (isBytes(bytes)) return;
  throw new CodecError("type", `expected bytes (Uint8Array) to decode, got ${kindOf(bytes)}`);
}

/** Returns true if `start` stands at the position `at` of `bytes`. */
export function startsWith(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) {
    if (bytes[at + i] !== start[i]) return false;
  }
  return true;
}
