import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { putText, readText } from "../bytes/text.ts";
import { fail } from "../failure.ts";

const loneSurrogate = /\p{Surrogate}/u;
/** Fory's encoding number of UTF-16. */
const utf16 = 1;
/** Characters per call of `fromCharCode`: more arguments could overflow the stack. */
const chunk = 4_096;

/**
 * Writes text as Fory does. Text with lone surrogates, which Fory refuses, is written as UTF-16.
 */
export function writeText(w: ByteWriter, text: string): void {
  const n = text.length;
  if (n < 24) {
    const b = w.room(w.pos, 25);
    let p = w.pos;
    b[p++] = n << 2;
    let i = 0;
    for (; i < n; i++) {
      const code = text.charCodeAt(i);
      if (code > 255) break;
      b[p++] = code;
    }
    if (i === n) {
      w.pos = p;
      return;
    }
  }
  const start = w.pos;
  try {
    w.pos = putText(w, start, text);
  } catch (reason) {
    if (!loneSurrogate.test(text)) throw reason;
    w.pos = start;
    writeUtf16(w, text);
  }
}

function writeUtf16(w: ByteWriter, text: string): void {
  const size = text.length * 2;
  if (size > 0x1fff_ffff) throw fail("limit", "text of more than 2^28 characters");
  w.putSmall((size << 2) | utf16);
  const b = w.room(w.pos, size);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    b[w.pos++] = code;
    b[w.pos++] = code >> 8;
  }
}

/** Reads text in any encoding of Fory. UTF-16 may contain lone surrogates. */
export function readNativeText(r: ByteReader): string {
  if (((r.bytes[r.pos] ?? 0) & 3) !== utf16) return readText(r);
  const size = r.small() >>> 2;
  if (size & 1) throw fail("data", "UTF-16 text of an odd number of bytes");
  const start = r.take(size);
  const codes = new Uint16Array(Math.min(chunk, size >> 1));
  let text = "";
  for (let at = start; at < r.pos; at += chunk * 2) {
    const count = Math.min(chunk, (r.pos - at) >> 1);
    for (let i = 0; i < count; i++) {
      codes[i] = (r.bytes[at + 2 * i] as number) | ((r.bytes[at + 2 * i + 1] as number) << 8);
    }
    text += String.fromCharCode(...codes.subarray(0, count));
  }
  return text;
}
