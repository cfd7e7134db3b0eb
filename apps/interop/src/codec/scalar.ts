import {
  bfloat16,
  bytes,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint16,
} from "@aster/codec";
import { z } from "zod";

/** The schema of every scalar. Integers of 64 bits are bigints and times nanoseconds: nothing is lost. */
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

/** The class of every dense array. */
export const arrayClasses = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type ArrayKind = keyof typeof arrayClasses;

/** Whether JavaScript holds the kind as a bigint. */
export function isWide(kind: string): boolean {
  return /^(?:var|var_u|tagged_|tagged_u|u)?int64$/.test(kind);
}
