import { CodecError } from "../error.ts";
import { asFailure, fail, kindOf } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import { isBytes } from "../value-kind.ts";
import { bitmapBytes } from "./row-writer.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const two32 = 0x1_0000_0000;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const shortText = 24;

/** A range of a row that has slots: a struct, or an array of elements. */
export class Span {
  readonly start: number;
  readonly end: number;
  /** The position of the null bitmap. */
  bitmap = 0;
  /** The position of the first slot. */
  slots = 0;
  /** The number of slots. */
  count = 0;
  /** The first position to which slots may refer. */
  body = 0;
  /** Bytes of the body that no value has used yet. */
  left = 0;

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }

  get size(): number {
    return this.end - this.start;
  }
}

/** The untrusted bytes of one row. Every position is checked before it is read. */
export class RowSource {
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly limits: CodecLimits;
  /** The slot that was read last, for errors. */
  at = 0;
  #graphBytes: number;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    // slice() of a Buffer would be a view
    const plain = bytes.constructor === Uint8Array;
    this.bytes = plain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.limits = limits;
    this.#graphBytes = limits.graphBytes;
  }

  /** Returns the same bytes with a full budget. */
  fresh(): RowSource {
    return new RowSource(this.bytes, this.limits);
  }

  /** Returns the span of the whole row. Throws if the bytes cannot be a row. */
  root(): Span {
    const size = this.bytes.length;
    if (size > this.limits.messageBytes) {
      throw fail("limit", `the row of ${size} bytes is larger than ${this.limits.messageBytes}`);
    }
    if (size % 8 !== 0)
      throw fail("data", `${size} bytes are not a row: its size must be a multiple of 8`);
    return new Span(0, size);
  }

  /** Opens a struct of `count` fields. */
  openStruct(span: Span, count: number): void {
    this.#open(span, span.start, count, 8);
  }

  /** Opens an array whose elements take `width` bytes each. */
  openArray(span: Span, width: number): void {
    if (span.size < 8) throw fail("data", `an array of ${span.size} bytes`);
    const count = this.#size(span.start);
    this.#open(span, span.start + 8, count, width);
  }

  /** Returns the two arrays of a map, which are not open yet. */
  openMap(span: Span): { readonly keys: Span; readonly values: Span } {
    if (span.size < 8) throw fail("data", `a map of ${span.size} bytes`);
    const start = span.start + 8;
    const size = this.#size(span.start);
    if (size > span.end - start) throw fail("data", `${size} bytes of keys in a smaller map`);
    return { keys: new Span(start, start + size), values: new Span(start + size, span.end) };
  }

  isNull(span: Span, i: number): boolean {
    return (((this.bytes[span.bitmap + (i >> 3)] as number) >> (i & 7)) & 1) === 1;
  }

  /**
   * Returns the span to which a slot refers. It always lies inside the body of its own span, so
   * that no value contains itself.
   */
  find(span: Span, slot: number): Span {
    this.at = slot;
    const size = this.data.getUint32(slot, true);
    const start = span.start + this.data.getUint32(slot + 4, true);
    if (start < span.body || start + size > span.end) {
      throw fail("data", `${size} bytes at ${start - span.start} of ${span.size}`);
    }
    return new Span(start, start + size);
  }

  /**
   * Does the same for reading everything. Values that share bytes could make a small row endless,
   * so together they may not be larger than the body.
   */
  take(span: Span, slot: number): Span {
    const found = this.find(span, slot);
    span.left -= found.size;
    if (span.left < 0) throw fail("data", "values that share their bytes");
    return found;
  }

  /** Takes memory from the budget before it is allocated. */
  spend(bytes: number): void {
    this.#graphBytes -= bytes;
    if (this.#graphBytes < 0) throw fail("limit", "the row takes too much memory");
  }

  text({ start, end }: Span): string {
    const b = this.bytes;
    if (end - start <= shortText) {
      let text = "";
      let at = start;
      for (; at < end; at++) {
        const code = b[at] as number;
        if (code > 127) break;
        text += String.fromCharCode(code);
      }
      if (at === end) return text;
    }
    try {
      return utf8.decode(b.subarray(start, end));
    } catch {
      throw fail("data", "text that is not UTF-8");
    }
  }

  #open(span: Span, bitmap: number, count: number, width: number): void {
    span.bitmap = bitmap;
    span.slots = bitmap + bitmapBytes(count);
    span.count = count;
    span.body = span.slots + count * width;
    span.left = span.end - span.body;
    if (span.left < 0) {
      throw fail("data", `${count} slots of ${width} bytes in ${span.size} bytes`);
    }
  }

  /** Reads a uint64 that is a size, which must fit 32 bits. */
  #size(at: number): number {
    this.at = at;
    const size = this.data.getUint32(at, true) + this.data.getUint32(at + 4, true) * two32;
    if (size > 0xffff_ffff) throw fail("data", `a size of ${size}`);
    return size;
  }
}

/**
 * Runs a function that reads a row. A failure becomes an error that names the path and the offset.
 */
export function locating<T>(source: RowSource, path: string, read: () => T): T {
  try {
    return read();
  } catch (reason) {
    throw asFailure(reason).toError(path, source.at);
  }
}

/** Reads a row from its beginning. A failure becomes an error that names `label`. */
export function openRow<T>(
  bytes: Uint8Array,
  limits: CodecLimits,
  label: string,
  read: (source: RowSource, root: Span) => T,
): T {
  if (!isBytes(bytes)) {
    throw new CodecError("type", `expected the bytes (Uint8Array) of a row, got ${kindOf(bytes)}`);
  }
  const source = new RowSource(bytes, limits);
  return locating(source, label, () => read(source, source.root()));
}
