import { arrayClass, float16Class } from "../../bytes/array-class.ts";
import { bigInteger, safeInteger } from "../../bytes/integer.ts";
import { arrayTypeId, TypeId } from "../../bytes/type-id.ts";
import { putVarint64, putVarintBig, readVarintBig } from "../../bytes/varint.ts";
import type { ArrayElementKind } from "../../schema/field-type.ts";
import { isArrayOf } from "../../value-kind.ts";
import { arrayOp, float8ArrayOp } from "./array-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { type PlainOp, plainOp, type ValueOp } from "./value-op.ts";

// The types that values of any type can have without a schema. Their type info is an id.

/**
 * The op of integers: numbers if a number holds them exactly, else bigints. Both are one type on
 * the wire.
 */
export const integerOp: PlainOp = plainOp(
  TypeId.varint64,
  (w, value) => {
    const b = w.room(w.pos, 9);
    w.pos =
      typeof value === "bigint"
        ? putVarintBig(b, w.pos, bigInteger(value, true))
        : putVarint64(b, w.pos, safeInteger(value));
  },
  (r) => {
    const value = readVarintBig(r);
    const near = Number(value);
    return Number.isSafeInteger(near) ? near : value;
  },
  64,
  "integer",
);

export const boolOp: PlainOp = scalarOp({ kind: "bool" });
export const floatOp: PlainOp = scalarOp({ kind: "float64" });
export const textOp: PlainOp = scalarOp({ kind: "string" });
export const bytesOp: PlainOp = scalarOp({ kind: "binary" });
export const timeOp: PlainOp = scalarOp({ kind: "timestamp" });

const arrayKinds = Object.keys(arrayTypeId) as ArrayElementKind[];

/** Arrays whose class determines the element type. A `Uint8Array` is binary. */
const arrayOps = arrayKinds
  .filter((kind) => kind !== "bool" && kind !== "uint8" && kind !== "bfloat16")
  .filter((kind) => kind !== "float16" || float16Class)
  .map((kind) => ({ Class: arrayClass[kind as "int8"], op: arrayOp(kind) }));

/** Returns the op of a typed array, or undefined for other objects. */
export function typedArrayOp(value: object): ValueOp | undefined {
  return arrayOps.find(({ Class }) => isArrayOf(Class, value))?.op;
}

/**
 * The plain ops by their type ids. Those behind `integerOp` are only read: other languages write
 * them.
 */
export const plainOps: ReadonlyMap<number, ValueOp> = new Map(
  [
    boolOp,
    floatOp,
    textOp,
    bytesOp,
    timeOp,
    integerOp,
    scalarOp({ kind: "int8" }),
    scalarOp({ kind: "int16" }),
    scalarOp({ kind: "int32" }),
    scalarOp({ kind: "varint32" }),
    scalarOp({ kind: "uint8" }),
    scalarOp({ kind: "uint16" }),
    scalarOp({ kind: "uint32" }),
    scalarOp({ kind: "var_uint32" }),
    scalarOp({ kind: "int64", as: "bigint" }),
    scalarOp({ kind: "uint64", as: "bigint" }),
    scalarOp({ kind: "var_uint64", as: "bigint" }),
    scalarOp({ kind: "float32" }),
    scalarOp({ kind: "float16" }),
    scalarOp({ kind: "bfloat16" }),
    scalarOp({ kind: "tagged_int64", as: "bigint" }),
    scalarOp({ kind: "tagged_uint64", as: "bigint" }),
    float8ArrayOp,
    ...arrayKinds.map((kind) => arrayOp(kind)),
  ].map((op) => [op.typeId, op]),
);
