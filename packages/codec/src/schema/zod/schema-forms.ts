import type { $ZodType } from "zod/v4/core";
import { float16Class } from "../../bytes/array-class.ts";
import type { ArrayElementKind, ScalarType } from "../field-type.ts";

const arrays = new Map<unknown, ArrayElementKind>([
  [Int8Array, "int8"],
  [Int16Array, "int16"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
  [Uint16Array, "uint16"],
  [Uint32Array, "uint32"],
  [BigUint64Array, "uint64"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
]);
if (float16Class) arrays.set(float16Class, "float16");

/** Element kinds by the class of the array. */
export const typedArrays: ReadonlyMap<unknown, ArrayElementKind> = arrays;

/** Wire types by zod's number formats. */
export const numberFormats: Readonly<Record<string, ScalarType>> = {
  safeint: { kind: "varint64", as: "number" },
  int32: { kind: "varint32" },
  uint32: { kind: "var_uint32" },
  float32: { kind: "float32" },
  float64: { kind: "float64" },
};

/** Wire types by zod's bigint formats. */
export const bigintFormats: Readonly<Record<string, ScalarType>> = {
  int64: { kind: "varint64", as: "bigint" },
  uint64: { kind: "var_uint64", as: "bigint" },
};

/** Alternatives to schemas without a wire form, for error texts. */
export const instead: Readonly<Record<string, string>> = {
  object: "give the object a name with wireType(tag, shape), or use z.record",
  tuple: "use a wire type with one field per item, or z.array",
  bigint: "use z.int64() or z.uint64()",
  pipe: "transforms have no wire form: describe the value that is sent, and convert in your own code",
  transform: "describe the value that is sent, and convert in your own code",
  catch: "use .default()",
  null: "use .nullable() on the type of the value",
  undefined: "use .optional() on the type of the value",
  void: "leave the field out",
  never: "leave the field out",
  intersection: "use one wire type with the fields of both",
  custom: "use z.instanceof with Uint8Array or a typed array",
};

/** The types that keys of maps may have. */
export const keyKinds: ReadonlySet<string> = new Set([
  "string",
  "bool",
  "enum",
  "int8",
  "int16",
  "int32",
  "varint32",
  "int64",
  "varint64",
  "tagged_int64",
  "uint8",
  "uint16",
  "uint32",
  "var_uint32",
  "uint64",
  "var_uint64",
  "tagged_uint64",
]);

/**
 * Returns the class of a `z.instanceof`. Copies with checks or metadata have it only in the schema
 * from which they were made.
 */
export function classOf(zod: $ZodType): unknown {
  for (let from: $ZodType | undefined = zod; from; from = from._zod.parent) {
    const { Class } = from._zod.bag as { readonly Class?: unknown };
    if (Class !== undefined) return Class;
  }
  return undefined;
}
