import type { z } from "zod";
import { bigint, float32, instanceof as instance, int, int64, string, uint64 } from "zod";
import { decimalPattern } from "../bytes/decimal-text.ts";
import type { FloatKind, IntegerKind } from "./field-type.ts";
import { withOwnType } from "./zod/own-type.ts";

/** Returns the schema of an 8-bit integer. */
export function int8(): z.ZodInt {
  return small("int8", -0x80, 0x7f);
}

/** Returns the schema of a 16-bit integer. */
export function int16(): z.ZodInt {
  return small("int16", -0x8000, 0x7fff);
}

/** Returns the schema of an unsigned 8-bit integer. */
export function uint8(): z.ZodInt {
  return small("uint8", 0, 0xff);
}

/** Returns the schema of an unsigned 16-bit integer. */
export function uint16(): z.ZodInt {
  return small("uint16", 0, 0xffff);
}

/**
 * Returns the schema of a 32-bit integer in four bytes. `z.int32()` is shorter for small values.
 */
export function fixedInt32(): z.ZodInt {
  return small("int32", -0x80000000, 0x7fffffff);
}

/**
 * Returns the schema of an unsigned 32-bit integer in four bytes. `z.uint32()` is shorter for small
 * values.
 */
export function fixedUint32(): z.ZodInt {
  return small("uint32", 0, 0xffffffff);
}

/**
 * Returns the schema of a 64-bit bigint in eight bytes. `z.int64()` is shorter for small values.
 */
export function fixedInt64(): z.ZodBigIntFormat {
  return withOwnType(int64(), { kind: "int64", as: "bigint" });
}

/**
 * Returns the schema of an unsigned 64-bit bigint in eight bytes. `z.uint64()` is shorter for small
 * values.
 */
export function fixedUint64(): z.ZodBigIntFormat {
  return withOwnType(uint64(), { kind: "uint64", as: "bigint" });
}

/**
 * Returns the schema of a 64-bit bigint that takes four bytes from −2^30 to 2^30−1 and nine
 * otherwise.
 */
export function taggedInt64(): z.ZodBigIntFormat {
  return withOwnType(int64(), { kind: "tagged_int64", as: "bigint" });
}

/**
 * Returns the schema of an unsigned 64-bit bigint that takes four bytes up to 2^31−1 and nine
 * otherwise.
 */
export function taggedUint64(): z.ZodBigIntFormat {
  return withOwnType(uint64(), { kind: "tagged_uint64", as: "bigint" });
}

/**
 * Returns the schema of a half-precision number (IEEE 754, 16 bits). The encoder rounds to the
 * nearest.
 */
export function float16(): z.ZodNumberFormat {
  return float("float16");
}

/**
 * Returns the schema of a number that is the upper half of a float32. The encoder rounds to the
 * nearest.
 */
export function bfloat16(): z.ZodNumberFormat {
  return float("bfloat16");
}

/** Returns the schema of bytes, the same as `z.instanceof(Uint8Array)`. */
export function bytes(): z.ZodCustom<Uint8Array, Uint8Array> {
  return instance(Uint8Array) as z.ZodCustom<Uint8Array, Uint8Array>;
}

/**
 * Returns the schema of a moment as a bigint of nanoseconds since 1970. `z.date()` has
 * milliseconds.
 */
export function timestamp(): z.ZodBigInt {
  return withOwnType(bigint(), { kind: "timestamp", as: "bigint" });
}

/** Returns the schema of a day as text, `2026-11-21`, from year 0001 to 9999. */
export function date(): z.ZodString {
  return withOwnType(string().regex(/^\d{4}-\d{2}-\d{2}$/), { kind: "date" });
}

/**
 * Returns the schema of a duration as a bigint of nanoseconds. The Python package cannot read it.
 */
export function duration(): z.ZodBigInt {
  return withOwnType(bigint(), { kind: "duration" });
}

/**
 * Returns the schema of a decimal number as text, `-12.50`. Digits are kept as written. The Python
 * package cannot read it.
 */
export function decimal(): z.ZodString {
  return withOwnType(string().regex(decimalPattern), { kind: "decimal" });
}

function small(kind: IntegerKind, min: number, max: number): z.ZodInt {
  return withOwnType(int().min(min).max(max), { kind });
}

function float(kind: FloatKind): z.ZodNumberFormat {
  return withOwnType(float32(), { kind });
}
