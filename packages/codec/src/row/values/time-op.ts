import { dateText, dayOf } from "../../bytes/day.ts";
import { fail, kindOf } from "../../failure.ts";
import { isDate } from "../../value-kind.ts";
import { fixedOp } from "./fixed-op.ts";
import type { RowOp } from "./row-op.ts";

/** `Date` covers this many milliseconds before and after 1970. */
const dateMs = 8_640_000_000_000_000;

/** The op of a day, held as text. */
export const dateOp: RowOp = fixedOp(
  "date",
  4,
  (data, slot, value) => data.setInt32(slot, dayOf(value), true),
  (data, slot) => dateText(data.getInt32(slot, true)),
  200,
);

/**
 * The op of a moment in microseconds, held as a `Date`. Fractions of a millisecond are cut off when
 * reading.
 */
export const momentOp: RowOp = fixedOp(
  "timestamp",
  8,
  (data, slot, value) => {
    const ms = isDate(value) ? value.getTime() : Number.NaN;
    if (Number.isNaN(ms)) {
      const what = isDate(value) ? "an invalid one" : kindOf(value);
      throw fail("value", `expected a valid Date, got ${what}`);
    }
    data.setBigInt64(slot, BigInt(ms) * 1000n, true);
  },
  (data, slot) => {
    const micros = data.getBigInt64(slot, true);
    const ms = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
    if (Math.abs(ms) > dateMs) throw fail("data", "a timestamp outside the range of Date");
    return new Date(ms);
  },
  32,
);

/**
 * The op of microseconds, held as a bigint of nanoseconds. Finer values are refused, not rounded.
 */
export function microsOp(kind: "timestamp" | "duration"): RowOp {
  return fixedOp(
    kind,
    8,
    (data, slot, value) => {
      if (typeof value !== "bigint") {
        throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
      }
      const micros = value / 1000n;
      if (micros * 1000n !== value) {
        throw fail("value", `a ${kind} finer than a microsecond, which rows do not hold`);
      }
      if (BigInt.asIntN(64, micros) !== micros) {
        throw fail("value", `a ${kind} outside 64 bits of microseconds`);
      }
      data.setBigInt64(slot, micros, true);
    },
    (data, slot) => data.getBigInt64(slot, true) * 1000n,
    16,
  );
}
