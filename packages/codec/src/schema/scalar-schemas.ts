import type { z } from "zod";
import { bigint, float32, instanceof as instance, int, int64, string, uint64 } from "zod";
import { decimalPattern } from "../bytes/decimal-text.ts";
import type { FloatKind, IntegerKind } from "./field-type.ts";
import { withOwnType } from "./zod/own-type.ts";

/** An integer of 8 bits. */
export function int8(): z.ZodInt {
  return small("int8", -0x80, 0x7f);
}

/** An integer of 16 bits. */
export function int16(): z.ZodInt {
  return small("int16", -0x8000, 0x7fff);
}

/** An unsigned integer of 8 bits. */
export function uint8(): z.ZodInt {
  return small("uint8", 0, 0xff);
}

/** An unsigned integer of 16 bits. */
export function uint16(): z.ZodInt {
  return small("uint16", 0, 0xffff);
}

/** An integer of 32 bits in four bytes; `z.int32()` is short for small values. */
export function fixedInt32(): z.ZodInt {
  return small("int32", -0x80000000, 0x7fffffff);
}

/** An unsigned integer of 32 bits in four bytes; `z.uint32()` is short for small values. */
export function fixedUint32(): z.ZodInt {
  return small("uint32", 0, 0xffffffff);
}

/** A bigint of 64 bits in eight bytes; `z.int64()` is short for small values. */
export function fixedInt64(): z.ZodBigIntFormat {
  return withOwnType(int64(), { kind: "int64", as: "bigint" });
}

/** An unsigned bigint of 64 bits in eight bytes; `z.uint64()` is short for small values. */
export function fixedUint64(): z.ZodBigIntFormat {
  return withOwnType(uint64(), { kind: "uint64", as: "bigint" });
}

/** A bigint in four bytes from −2^30 to 2^30−1, in nine otherwise. */
export function taggedInt64(): z.ZodBigIntFormat {
  return withOwnType(int64(), { kind: "tagged_int64", as: "bigint" });
}

/** An unsigned bigint in four bytes up to 2^31−1, in nine otherwise. */
export function taggedUint64(): z.ZodBigIntFormat {
  return withOwnType(uint64(), { kind: "tagged_uint64", as: "bigint" });
}

/** A number of 16 bits, IEEE 754 half precision: the encoder rounds to the nearest. */
export function float16(): z.ZodNumberFormat {
  return float("float16");
}

/** A number of 16 bits, the upper half of a float32: the encoder rounds to the nearest. */
export function bfloat16(): z.ZodNumberFormat {
  return float("bfloat16");
}

/** Bytes; the same as `z.instanceof(Uint8Array)`. */
export function bytes(): z.ZodCustom<Uint8Array, Uint8Array> {
  return instance(Uint8Array) as z.ZodCustom<Uint8Array, Uint8Array>;
}

/** A moment as a bigint of nanoseconds since 1970, exact; `z.date()` keeps milliseconds. */
export function timestamp(): z.ZodBigInt {
  return withOwnType(bigint(), { kind: "timestamp", as: "bigint" });
}

/** A day as text, `2026-11-21`, from year 0001 to 9999. */
export function date(): z.ZodString {
  return withOwnType(string().regex(/^\d{4}-\d{2}-\d{2}$/), { kind: "date" });
}

/** A length of time as a bigint of nanoseconds. The Python wheel cannot read this type. */
export function duration(): z.ZodBigInt {
  return withOwnType(bigint(), { kind: "duration" });
}

/** A decimal number as text, `-12.50`: digits are kept as written. The Python wheel cannot read this type. */
export function decimal(): z.ZodString {
  return withOwnType(string().regex(decimalPattern), { kind: "decimal" });
}

function small(kind: IntegerKind, min: number, max: number): z.ZodInt {
  return withOwnType(int().min(min).max(max), { kind });
}

function float(kind: FloatKind): z.ZodNumberFormat {
  return withOwnType(float32(), { kind });
}
