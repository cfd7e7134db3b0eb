import { fail } from "../failure.ts";

const encoder = new TextEncoder();
const loneSurrogate = /\p{Surrogate}/u;
/**
 * For longer text the exact size is computed first, instead of reserving three bytes per character.
 */
const generousText = 4_096;

/** Returns the size of the null bitmap of `count` slots: one bit each, in words of 8 bytes. */
export function bitmapBytes(count: number): number {
  return Math.ceil(count / 64) * 8;
}

/** Returns the next multiple of 8. */
export function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** Writes one row. Everything up to `pos` is complete or zero. */
export class RowWriter {
  bytes: Uint8Array = new Uint8Array(1_024);
  data: DataView = new DataView(this.bytes.buffer);
  pos = 0;
  maxBytes = 0;

  /** Reserves `size` zeroed bytes, a multiple of 8, and returns where they start. */
  reserve(size: number): number {
    const start = this.pos;
    this.#room(size);
    this.pos = start + size;
    this.bytes.fill(0, start, this.pos);
    return start;
  }

  /**
   * Notes in a slot that its value lies from `start` to the current position. Offsets count from
   * `base`.
   */
  refer(slot: number, base: number, start: number, size: number = this.pos - start): void {
    this.data.setUint32(slot, size, true);
    this.data.setUint32(slot + 4, start - base, true);
  }

  setNull(bitmap: number, i: number): void {
    const at = bitmap + (i >> 3);
    this.bytes[at] = (this.bytes[at] as number) | (1 << (i & 7));
  }

  putBytes(slot: number, base: number, bytes: Uint8Array): void {
    const start = this.reserve(aligned(bytes.length));
    this.bytes.set(bytes, start);
    this.refer(slot, base, start, bytes.length);
  }

  putText(slot: number, base: number, text: string): void {
    if (text.length > generousText) {
      if (loneSurrogate.test(text)) throw fail("value", "text with a lone surrogate");
      if (text.length > this.maxBytes) throw this.#tooLarge();
      this.putBytes(slot, base, encoder.encode(text));
      return;
    }
    const start = this.pos;
    this.#room(0, text.length * 3 + 8);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start));
    if (written !== text.length && loneSurrogate.test(text)) {
      throw fail("value", "text with a lone surrogate");
    }
    const end = start + aligned(written);
    this.#room(end - start);
    this.bytes.fill(0, start + written, end);
    this.pos = end;
    this.refer(slot, base, start, written);
  }

  /**
   * Makes room for `size` bytes that will be kept, and for `extra` bytes that are used temporarily.
   */
  #room(size: number, extra = 0): void {
    if (this.pos + size > this.maxBytes) throw this.#tooLarge();
    const needed = this.pos + size + extra;
    if (needed <= this.bytes.length) return;
    const next = new Uint8Array(Math.max(this.bytes.length * 2, needed));
    next.set(this.bytes.subarray(0, this.pos));
    this.bytes = next;
    this.data = new DataView(next.buffer);
  }

  #tooLarge(): unknown {
    return fail("limit", `the row is larger than ${this.maxBytes} bytes`);
  }
}
