import { fail, kindOf } from "../failure.ts";
import { isDate } from "../value-kind.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const two32 = 0x1_0000_0000;
const secondNanos = 1_000_000_000n;
/** `Date` covers this many seconds before and after 1970. */
const dateSeconds = 8_640_000_000_000;

/**
 * Writes a `Date` as seconds (int64) and nanoseconds of the second (uint32) (docs/fory.md, "Time").
 */
export function writeTimestamp(w: ByteWriter, value: unknown): void {
  const ms = isDate(value) ? value.getTime() : Number.NaN;
  if (Number.isNaN(ms)) {
    throw fail(
      "value",
      `expected a valid Date, got ${isDate(value) ? "an invalid one" : kindOf(value)}`,
    );
  }
  const seconds = Math.floor(ms / 1000);
  put(w, seconds >>> 0, Math.floor(seconds / two32), (ms - seconds * 1000) * 1_000_000);
}

/** Reads a `Date`. Fractions of a millisecond are cut off, as `Date` cannot hold them. */
export function readTimestamp(r: ByteReader): Date {
  const start = r.take(12);
  const seconds = (u32(r.bytes, start + 4) | 0) * two32 + u32(r.bytes, start);
  if (Math.abs(seconds) > dateSeconds) throw fail("data", "a timestamp outside the range of Date");
  const date = new Date(seconds * 1000 + Math.floor(nanosAt(r.bytes, start + 8) / 1_000_000));
  if (Number.isNaN(date.getTime())) throw fail("data", "a timestamp outside the range of Date");
  return date;
}

/** Writes a bigint of nanoseconds since 1970 in the same form. */
export function writeTimestampBig(w: ByteWriter, value: unknown): void {
  if (typeof value !== "bigint") {
    throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
  }
  const nanos = ((value % secondNanos) + secondNanos) % secondNanos;
  const seconds = (value - nanos) / secondNanos;
  if (BigInt.asIntN(64, seconds) !== seconds)
    throw fail("value", "a timestamp outside 64 bits of seconds");
  put(w, Number(BigInt.asUintN(32, seconds)), Number(seconds >> 32n), Number(nanos));
}

export function readTimestampBig(r: ByteReader): bigint {
  const start = r.take(12);
  const seconds = (BigInt(u32(r.bytes, start + 4) | 0) << 32n) | BigInt(u32(r.bytes, start));
  return seconds * secondNanos + BigInt(nanosAt(r.bytes, start + 8));
}

function put(w: ByteWriter, low: number, high: number, nanos: number): void {
  const b = w.room(w.pos, 12);
  for (const word of [low, high, nanos]) {
    b[w.pos++] = word;
    b[w.pos++] = word >>> 8;
    b[w.pos++] = word >>> 16;
    b[w.pos++] = word >>> 24;
  }
}

function nanosAt(b: Uint8Array, at: number): number {
  const nanos = u32(b, at);
  if (nanos > 999_999_999) throw fail("data", `${nanos} nanoseconds of a second`);
  return nanos;
}

function u32(b: Uint8Array, at: number): number {
  return (
    ((b[at] as number) |
      ((b[at + 1] as number) << 8) |
      ((b[at + 2] as number) << 16) |
      ((b[at + 3] as number) << 24)) >>>
    0
  );
}
