import type { z } from "zod";
import { array, boolean, custom, instanceof as instance } from "zod";
import { float16Class } from "../bytes/array-class.ts";
import { withOwnType } from "./zod/own-type.ts";

/** Numbers of 16 bits: a `Float16Array` where the platform has it, else a `Float32Array`. */
export type Float16Numbers = ArrayBufferView & ArrayLike<number> & Iterable<number>;

/** Booleans of one byte each, as a plain array; `z.array(z.boolean())` is a list. */
export function boolArray(): z.ZodArray<z.ZodBoolean> {
  return withOwnType(array(boolean()), { kind: "array", element: "bool" });
}

/** Integers of 8 bits, which other languages tell from bytes; `bytes()` is binary. */
export function uint8Array(): z.ZodCustom<Uint8Array, Uint8Array> {
  const schema = instance(Uint8Array) as z.ZodCustom<Uint8Array, Uint8Array>;
  return withOwnType(schema, { kind: "array", element: "uint8" });
}

/** Numbers of half precision: a `Float16Array` where the platform has it, else a `Float32Array`, which is rounded. */
export function float16Array(): z.ZodCustom<Float16Numbers, Float16Numbers> {
  const Class = float16Class ?? Float32Array;
  const schema = custom<Float16Numbers>((value) => value instanceof Class);
  return withOwnType(schema, { kind: "array", element: "float16" });
}

/** Numbers that are the upper half of a float32, as a `Float32Array`, which is rounded. */
export function bfloat16Array(): z.ZodCustom<Float32Array, Float32Array> {
  const schema = instance(Float32Array) as z.ZodCustom<Float32Array, Float32Array>;
  return withOwnType(schema, { kind: "array", element: "bfloat16" });
}
