import {
  bfloat16,
  bfloat16Array,
  boolArray,
  bytes,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  float16Array,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint8Array,
  uint16,
} from "@aster/codec";
import { z } from "zod";

/**
 * The schemas of the scalars. 64-bit integers are bigints and times are nanoseconds, to keep all
 * digits.
 */
export const scalarSchemas: ReadonlyMap<string, () => z.ZodType> = new Map<string, () => z.ZodType>(
  [
    ["bool", z.boolean],
    ["int8", int8],
    ["int16", int16],
    ["int32", fixedInt32],
    ["varint32", z.int32],
    ["int64", fixedInt64],
    ["varint64", z.int64],
    ["tagged_int64", taggedInt64],
    ["uint8", uint8],
    ["uint16", uint16],
    ["uint32", fixedUint32],
    ["var_uint32", z.uint32],
    ["uint64", fixedUint64],
    ["var_uint64", z.uint64],
    ["tagged_uint64", taggedUint64],
    ["float16", float16],
    ["bfloat16", bfloat16],
    ["float32", z.float32],
    ["float64", z.number],
    ["string", z.string],
    ["binary", bytes],
    ["timestamp", timestamp],
    ["date", date],
    ["duration", duration],
    ["decimal", decimal],
    ["any", z.any],
  ],
);

/** The schemas of the dense arrays. */
export const arraySchemas: ReadonlyMap<string, () => z.ZodType> = new Map<string, () => z.ZodType>([
  ["bool", boolArray],
  ["int8", () => z.instanceof(Int8Array)],
  ["int16", () => z.instanceof(Int16Array)],
  ["int32", () => z.instanceof(Int32Array)],
  ["int64", () => z.instanceof(BigInt64Array)],
  ["uint8", uint8Array],
  ["uint16", () => z.instanceof(Uint16Array)],
  ["uint32", () => z.instanceof(Uint32Array)],
  ["uint64", () => z.instanceof(BigUint64Array)],
  ["float16", float16Array],
  ["bfloat16", bfloat16Array],
  ["float32", () => z.instanceof(Float32Array)],
  ["float64", () => z.instanceof(Float64Array)],
]);

/**
 * The classes of the dense arrays. If two kinds share a class, objects of the class print as the
 * first kind.
 */
export const arrayClasses: Readonly<Record<string, ArrayClass>> = {
  bool: Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  float16: (globalThis as unknown as { Float16Array?: ArrayClass }).Float16Array ?? Float32Array,
  bfloat16: Float32Array,
};

interface ArrayClass {
  new (...args: never[]): object;
  from(items: readonly never[]): unknown;
}

/** Returns whether values of the kind are bigints. */
export function isWide(kind: string): boolean {
  return /^(?:var|var_u|tagged_|tagged_u|u)?int64$/.test(kind);
}
