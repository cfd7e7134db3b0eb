import type { z } from "zod";
import { array, boolean, custom, instanceof as instance } from "zod";
import { float16Class } from "../bytes/array-class.ts";
import { withOwnType } from "./zod/own-type.ts";

/** Numbers of 16 bits: a `Float16Array` on platforms that have it, else a `Float32Array`. */
export type Float16Numbers = ArrayBufferView & ArrayLike<number> & Iterable<number>;

/**
 * Returns the schema of booleans of one byte each, as a plain array. `z.array(z.boolean())` is a
 * list.
 */
export function boolArray(): z.ZodArray<z.ZodBoolean> {
  return withOwnType(array(boolean()), { kind: "array", element: "bool" });
}

/**
 * Returns the schema of 8-bit integers, which other languages distinguish from bytes. `bytes()` is
 * binary.
 */
export function uint8Array(): z.ZodCustom<Uint8Array, Uint8Array> {
  const schema = instance(Uint8Array) as z.ZodCustom<Uint8Array, Uint8Array>;
  return withOwnType(schema, { kind: "array", element: "uint8" });
}

/**
 * Returns the schema of half-precision numbers: a `Float16Array` on platforms that have it, else a
 * `Float32Array`, which the encoder rounds.
 */
export function float16Array(): z.ZodCustom<Float16Numbers, Float16Numbers> {
  const Class = float16Class ?? Float32Array;
  const schema = custom<Float16Numbers>((value) => value instanceof Class);
  return withOwnType(schema, { kind: "array", element: "float16" });
}

/**
 * Returns the schema of numbers that are the upper half of a float32: a `Float32Array`, which the
 * encoder rounds.
 */
export function bfloat16Array(): z.ZodCustom<Float32Array, Float32Array> {
  const schema = instance(Float32Array) as z.ZodCustom<Float32Array, Float32Array>;
  return withOwnType(schema, { kind: "array", element: "bfloat16" });
}
