import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { putVar32, readVar64 } from "./varint.ts";

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const loneSurrogate = /\p{Surrogate}/u;
const fromCharCode = String.fromCharCode;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const shortText = 48;
/**
 * Node's own decoder of Latin-1, if there is one. It takes a third of the time of `TextDecoder`.
 */
const latin1Slice: ((this: Uint8Array, start: number, end: number) => string) | undefined =
  globalThis.Buffer?.prototype.latin1Slice;
/** Up to this length single characters are faster than one call into the runtime. */
const shortSlice = 24;
/** The same for UTF-8, whose decoder takes longer to call. */
const shortUtf8 = 32;
/** The least code point of each number of bytes. */
const leastCode: readonly number[] = [0, 0, 0x80, 0x800, 0x1_0000];
/** Maximum number of arguments for `fromCharCode`: more could overflow the stack. */
const chunk = 4_096;

/**
 * Writes text at `pos` and returns where it ends: as Latin-1 if possible, else as UTF-8
 * (docs/fory.md, "Strings"). The writer may have another buffer afterwards.
 */
export function putText(w: ByteWriter, pos: number, text: string): number {
  const n = text.length;
  if (n >= shortText) return putLongText(w, pos, text);
  const b = w.room(pos, n + 2);
  let p = pos + (n < 32 ? 1 : 2);
  for (let i = 0; i < n; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return putUtf8(w, pos, text);
    b[p++] = code;
  }
  putVar32(b, pos, n << 2);
  return p;
}

function putLongText(w: ByteWriter, pos: number, text: string): number {
  const n = text.length;
  if (n > 0x3fff_ffff) throw fail("limit", "text of more than 2^30 characters");
  const b = w.room(pos, n + 5);
  const start = pos + headSize(n);
  // plain ASCII, the usual case, takes exactly one byte per character
  const { read, written } = encoder.encodeInto(text, b.subarray(start, start + n));
  if (read === n && written === n) {
    putVar32(b, pos, n << 2);
    return start + n;
  }
  let p = start;
  for (let i = 0; i < n; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return putUtf8(w, pos, text);
    b[p++] = code;
  }
  putVar32(b, pos, n << 2);
  return p;
}

function putUtf8(w: ByteWriter, pos: number, text: string): number {
  if (loneSurrogate.test(text)) throw fail("value", "text with a lone surrogate");
  const b = w.room(pos, text.length * 3 + 5);
  const guess = pos + headSize(text.length * 3);
  const { written } = encoder.encodeInto(text, b.subarray(guess));
  const start = pos + headSize(written);
  if (start !== guess) b.copyWithin(start, guess, guess + written);
  putVar32(b, pos, (written << 2) | 2);
  return start + written;
}

/** Returns the size of the head, which holds the encoding and the length of `n` bytes of text. */
function headSize(n: number): number {
  return n < 1 << 5 ? 1 : n < 1 << 12 ? 2 : n < 1 << 19 ? 3 : n < 1 << 26 ? 4 : 5;
}

/** Reads text in any of the three encodings. */
export function readText(r: ByteReader): string {
  let head = r.byte();
  if (head > 127) {
    r.pos--;
    readVar64(r);
    head = r.lo;
    if (r.hi > 0 || head > 0x7fff_ffff) throw fail("data", "text of more than 2^29 bytes");
  }
  const n = head >>> 2;
  const start = r.take(n);
  switch (head & 3) {
    case 0:
      return latin1(r.bytes, start, start + n);
    case 1:
      return utf16(r.bytes, start, n);
    case 2:
      return utf8Text(r.bytes, start, start + n);
    default:
      throw fail("data", "text in an unknown encoding");
  }
}

/** Decodes Latin-1: each byte is one of the first 256 characters of Unicode. */
export function latin1(b: Uint8Array, start: number, end: number): string {
  const n = end - start;
  if (n <= shortSlice) return shortLatin1(b, start, end);
  if (latin1Slice) return latin1Slice.call(b, start, end);
  if (n > 64 && isAscii(b, start, end)) return utf8.decode(b.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at += chunk) {
    text += fromCharCode.apply(
      null,
      b.subarray(at, Math.min(at + chunk, end)) as unknown as number[],
    );
  }
  return text;
}

function isAscii(b: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= b[i] as number;
  return bits < 128;
}

/**
 * Decodes eight characters per call. That is cheaper than one call each, or one call with a list of
 * unknown length.
 */
function shortLatin1(b: Uint8Array, start: number, end: number): string {
  let text = "";
  let p = start;
  for (; p + 8 <= end; p += 8) {
    text += fromCharCode(
      b[p] as number,
      b[p + 1] as number,
      b[p + 2] as number,
      b[p + 3] as number,
      b[p + 4] as number,
      b[p + 5] as number,
      b[p + 6] as number,
      b[p + 7] as number,
    );
  }
  if (p + 4 <= end) {
    text += fromCharCode(
      b[p] as number,
      b[p + 1] as number,
      b[p + 2] as number,
      b[p + 3] as number,
    );
    p += 4;
  }
  switch (end - p) {
    case 3:
      return text + fromCharCode(b[p] as number, b[p + 1] as number, b[p + 2] as number);
    case 2:
      return text + fromCharCode(b[p] as number, b[p + 1] as number);
    case 1:
      return text + fromCharCode(b[p] as number);
    default:
      return text;
  }
}

function utf16(b: Uint8Array, start: number, n: number): string {
  if (n & 1) throw fail("data", "UTF-16 text of an odd number of bytes");
  const codes = new Uint16Array(Math.min(chunk, n >> 1));
  let text = "";
  for (let at = start; at < start + n; at += chunk * 2) {
    const size = Math.min(chunk, (start + n - at) >> 1);
    for (let i = 0; i < size; i++) {
      codes[i] = (b[at + 2 * i] as number) | ((b[at + 2 * i + 1] as number) << 8);
    }
    text += fromCharCode.apply(null, codes.subarray(0, size) as unknown as number[]);
  }
  if (loneSurrogate.test(text)) throw fail("data", "UTF-16 text with a lone surrogate");
  return text;
}

function utf8Text(b: Uint8Array, start: number, end: number): string {
  if (end - start < 64) {
    if (isAscii(b, start, end)) return latin1(b, start, end);
    const text = end - start <= shortUtf8 ? shortUtf8Text(b, start, end) : undefined;
    if (text !== undefined) return text;
  }
  try {
    return utf8.decode(b.subarray(start, end));
  } catch {
    throw fail("data", "text that is not UTF-8");
  }
}

/** Returns undefined for bytes that are not UTF-8. */
function shortUtf8Text(b: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let p = start; p < end; ) {
    const lead = b[p] as number;
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || p + size > end) return undefined;
    let code = size === 1 ? lead : lead & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) {
      const next = b[p + i] as number;
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 63);
    }
    if (code < (leastCode[size] as number) || (code >> 11 === 0x1b && size === 3)) return undefined;
    if (code > 0x10_ffff) return undefined;
    text += size === 4 ? String.fromCodePoint(code) : fromCharCode(code);
    p += size;
  }
  return text;
}
