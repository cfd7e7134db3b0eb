import { fail, kindOf } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { scratch, scratchBytes } from "./float.ts";
import { writeVarintBig } from "./integer.ts";
import { readVarintBig } from "./varint.ts";

const secondNanos = 1_000_000_000n;

/**
 * Writes nanoseconds as whole seconds, rounded towards −∞, and the nanoseconds of the second
 * (docs/fory.md, "Time").
 */
export function writeDuration(w: ByteWriter, value: unknown): void {
  if (typeof value !== "bigint") {
    throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
  }
  const nanos = ((value % secondNanos) + secondNanos) % secondNanos;
  writeVarintBig(w, (value - nanos) / secondNanos);
  scratch.setInt32(0, Number(nanos), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

export function readDuration(r: ByteReader): bigint {
  const seconds = readVarintBig(r);
  const start = r.take(4);
  scratchBytes.set(r.bytes.subarray(start, start + 4));
  const nanos = scratch.getInt32(0, true);
  if (nanos < 0 || nanos > 999_999_999) throw fail("data", `${nanos} nanoseconds of a second`);
  return seconds * secondNanos + BigInt(nanos);
}
