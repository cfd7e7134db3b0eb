import type { ZodType } from "zod";
import {
  boolean,
  date as dateObject,
  float32,
  instanceof as instance,
  int,
  int32,
  int64,
  number,
  string,
  uint32,
  uint64,
} from "zod";
import { bfloat16Array, boolArray, float16Array, uint8Array } from "./array-schemas.ts";
import type { ArrayElementKind, ScalarKind, ScalarType } from "./field-type.ts";
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
} from "./scalar-schemas.ts";

/**
 * Functions that make the schema of a scalar, by its kind. `as` chooses between number and bigint
 * for `varint64` (default: number), and between Date and bigint for `timestamp` (default: bigint).
 * Frozen.
 */
export const scalarSchemas: Readonly<Record<ScalarKind, (as?: ScalarType["as"]) => ZodType>> =
  /* @__PURE__ */ Object.freeze({
    bool: () => boolean(),
    int8,
    int16,
    int32: fixedInt32,
    varint32: () => int32(),
    int64: fixedInt64,
    varint64: (as?: ScalarType["as"]) => (as === "bigint" ? int64() : int()),
    tagged_int64: taggedInt64,
    uint8,
    uint16,
    uint32: fixedUint32,
    var_uint32: () => uint32(),
    uint64: fixedUint64,
    var_uint64: () => uint64(),
    tagged_uint64: taggedUint64,
    float16,
    bfloat16,
    float32: () => float32(),
    float64: () => number(),
    string: () => string(),
    binary: bytes,
    timestamp: (as?: ScalarType["as"]) => (as === "number" ? dateObject() : timestamp()),
    date,
    duration,
    decimal,
  });

/** Functions that make the schema of a dense array, by the kind of its elements. Frozen. */
export const arraySchemas: Readonly<Record<ArrayElementKind, () => ZodType>> =
  /* @__PURE__ */ Object.freeze({
    bool: boolArray,
    uint8: uint8Array,
    float16: float16Array,
    bfloat16: bfloat16Array,
    int8: () => instance(Int8Array),
    int16: () => instance(Int16Array),
    int32: () => instance(Int32Array),
    int64: () => instance(BigInt64Array),
    uint16: () => instance(Uint16Array),
    uint32: () => instance(Uint32Array),
    uint64: () => instance(BigUint64Array),
    float32: () => instance(Float32Array),
    float64: () => instance(Float64Array),
  });
