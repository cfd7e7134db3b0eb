import { describe, expect, test } from "vitest";
import { z } from "zod";
import values from "../../../../fixtures/fory/values.json" with { type: "json" };
import {
  bfloat16,
  createCodec,
  date,
  decimal,
  duration,
  float16,
  timestamp,
  wireType,
} from "../../src/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";

const codec = createCodec();

/** Returns the bytes of the only field, behind the head of the message and the hash. */
function body(type: Parameters<typeof codec.encode>[0], value: unknown): string {
  const encoded = hexOf(codec.encode(type, { v: value } as never));
  return encoded.slice(headOf(type).length);
}

function headOf(type: Parameters<typeof codec.encode>[0]): string {
  const wide = hexOf(codec.encode(type, { v: samples.get(type) } as never));
  return wide.slice(0, wide.length - (tails.get(type) ?? 0));
}

const Duration = wireType("values/Duration", { v: duration() });
const Decimal = wireType("values/Decimal", { v: decimal() });
const Half = wireType("values/Half", { v: float16() });
const Brain = wireType("values/Brain", { v: bfloat16() });
const samples = new Map<unknown, unknown>([
  [Duration, 0n],
  [Decimal, "0"],
  [Half, 0],
  [Brain, 0],
]);
/** Numbers of hex digits that belong to the samples, by type. */
const tails = new Map<unknown, number>([
  [Duration, 10],
  [Decimal, 4],
  [Half, 4],
  [Brain, 4],
]);

test.each(values.durations)("a duration of $value ns", ({ value, hex }) => {
  expect(body(Duration, BigInt(value))).toBe(hex);
  expect(codec.decode(Duration, bytesOf(headOf(Duration) + hex))).toEqual({ v: BigInt(value) });
});

test.each(values.decimals)("the decimal $value", ({ value, hex }) => {
  expect(body(Decimal, value)).toBe(hex);
  expect(codec.decode(Decimal, bytesOf(headOf(Decimal) + hex))).toEqual({ v: value });
});

test("a decimal keeps a negative scale, up to a limit", () => {
  const head = headOf(Decimal);
  // scale -3, unscaled 12
  expect(codec.decode(Decimal, bytesOf(`${head}0530`))).toEqual({ v: "12E+3" });
  expect(() => codec.decode(Decimal, bytesOf(`${head}ffffffff0f30`))).toThrow(/scale/);
  expect(() => codec.encode(Decimal, { v: "1e5" })).toThrow(/values\/Decimal\.v/);
  expect(() => codec.encode(Decimal, { v: "9".repeat(2001) })).toThrow(/decimal/);
});

describe.each([
  ["float16", Half, values.float16],
  ["bfloat16", Brain, values.bfloat16],
] as const)("%s", (_, type, rows) => {
  test.each(rows)("$value", ({ value, hex }) => {
    expect(body(type, Number(value))).toBe(hex);
    const back = codec.decode(type, bytesOf(headOf(type) + hex));
    expect(body(type, back.v)).toBe(hex);
  });

  test("has infinities and NaN", () => {
    for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(codec.decode(type, codec.encode(type, { v: value }))).toEqual({ v: value });
    }
  });
});

const Day = wireType("values/Day", { v: date() });

test.each(["0000-01-01", "10000-01-01", "2026-02-29", "2026-1-1", "", "2026-11-21T00:00:00Z"])(
  "%j is not a date",
  (v) => {
    expect(() => codec.encode(Day, { v })).toThrow(/values\/Day\.v: expected a date/);
  },
);

test("days outside the years 1 to 9999 are refused", () => {
  const good = hexOf(codec.encode(Day, { v: "1970-01-01" })).slice(0, -8);
  expect(() => codec.decode(Day, bytesOf(`${good}ffffff7f`))).toThrow(/outside the years/);
  expect(() => codec.decode(Day, bytesOf(`${good}00000080`))).toThrow(/outside the years/);
});

const Time = wireType("values/Time", { v: z.date() });
const Nanos = wireType("values/Time", { v: timestamp() });

test("a Date keeps milliseconds, a bigint everything", () => {
  const nanos = 1_700_000_000_123_456_789n;
  const encoded = codec.encode(Nanos, { v: nanos });
  expect(codec.decode(Nanos, encoded)).toEqual({ v: nanos });
  expect(codec.decode(Time, encoded)).toEqual({ v: new Date(1_700_000_000_123) });
  const before = codec.encode(Nanos, { v: -1n });
  expect(codec.decode(Nanos, before)).toEqual({ v: -1n });
  expect(codec.decode(Time, before)).toEqual({ v: new Date(-1) });
});

test("dates have the range of Date", () => {
  for (const v of [new Date(8.64e15), new Date(-8.64e15), new Date(0), new Date(-1)]) {
    expect(codec.decode(Time, codec.encode(Time, { v }))).toEqual({ v });
  }
  expect(() => codec.encode(Time, { v: new Date(Number.NaN) })).toThrow(/invalid/);
  const far = codec.encode(Nanos, { v: (8_640_000_000_000n + 1n) * 1_000_000_000n });
  expect(() => codec.decode(Time, far)).toThrow(/outside the range of Date/);
});
