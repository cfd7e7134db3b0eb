import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { putVarintBig } from "../bytes/varint.ts";
import { fail } from "../failure.ts";
import { NativeId } from "./native-id.ts";

/** V8 refuses larger bigints: its limit is 2^30 bits. */
const maxBytes = 1 << 27;
/** Bytes that are converted to digits at once. */
const chunk = 4_096;

/** Writes a bigint of 64 bits as a varint, a longer one as sign and magnitude. */
export function writeBigint(w: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    w.putByte(NativeId.bigint);
    w.pos = putVarintBig(w.room(w.pos, 9), w.pos, value);
    return;
  }
  const negative = value < 0n;
  const hex = (negative ? -value : value).toString(16);
  const size = (hex.length + 1) >> 1;
  w.putByte(NativeId.longBigint);
  w.putSmall((size << 1) | (negative ? 1 : 0));
  const b = w.room(w.pos, size);
  for (let end = hex.length; end > 0; end -= 2) {
    b[w.pos++] = Number.parseInt(hex.slice(Math.max(0, end - 2), end), 16);
  }
}

/**
 * Reads sign and magnitude: `varuint(bytes << 1 | negative)`, then the magnitude, low bytes first.
 */
export function readLongBigint(r: ByteReader): bigint {
  const head = r.small();
  const size = head >>> 1;
  if (size > maxBytes) throw fail("limit", `a bigint of ${size} bytes`);
  const start = r.take(size);
  if (size === 0) return 0n;
  const parts: string[] = [];
  for (let end = start + size; end > start; end -= chunk) {
    parts.push(hexOf(r.bytes, Math.max(start, end - chunk), end));
  }
  const magnitude = BigInt(`0x${parts.join("")}`);
  return head & 1 ? -magnitude : magnitude;
}

/** Returns the bytes of a range as hex digits, the last byte first. */
function hexOf(bytes: Uint8Array, start: number, end: number): string {
  const digits: string[] = [];
  for (let at = end - 1; at >= start; at--) {
    digits.push((bytes[at] as number).toString(16).padStart(2, "0"));
  }
  return digits.join("");
}
