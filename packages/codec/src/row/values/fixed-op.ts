import { float } from "../../bytes/float.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "../../bytes/float16.ts";
import { bigInteger, integer, safeInteger } from "../../bytes/integer.ts";
import { fail, kindOf } from "../../failure.ts";
import type { RowScalarKind } from "../schema/row-schema.ts";
import type { RowOp } from "./row-op.ts";

const two32 = 0x1_0000_0000;

/** The op of a value of fixed size, which is in its slot. */
export function fixedOp<Value>(
  kind: RowScalarKind,
  width: 1 | 2 | 4 | 8,
  put: (data: DataView, slot: number, value: unknown) => void,
  get: (data: DataView, slot: number) => Value,
  cost = 0,
): RowOp {
  const read: RowOp["read"] = (source, _, slot) => get(source.data, slot);
  return {
    type: Object.freeze({ kind }),
    width,
    cost,
    write: (w, slot, value) => put(w.data, slot, value),
    read,
    view: read,
  };
}

export const boolOp: RowOp = fixedOp(
  "bool",
  1,
  (data, slot, value) => {
    if (typeof value !== "boolean") throw fail("value", `expected a boolean, got ${kindOf(value)}`);
    data.setUint8(slot, value ? 1 : 0);
  },
  (data, slot) => {
    const byte = data.getUint8(slot);
    if (byte > 1) throw fail("data", `a boolean of ${byte}`);
    return byte === 1;
  },
);

/** The op of a small integer, in the narrowest signed type of rows that holds all its values. */
export function integerOp(kind: "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32"): RowOp {
  switch (kind) {
    case "int8":
      return fixedOp(
        kind,
        1,
        (data, slot, value) => data.setInt8(slot, integer(value, kind, -0x80, 0x7f)),
        (data, slot) => data.getInt8(slot),
      );
    case "int16":
      return int16Op(kind, -0x8000, 0x7fff);
    case "uint8":
      return int16Op(kind, 0, 0xff);
    case "int32":
      return int32Op(kind, -0x80000000, 0x7fffffff);
    case "uint16":
      return int32Op(kind, 0, 0xffff);
    case "uint32":
      return fixedOp(
        "int64",
        8,
        (data, slot, value) => data.setUint32(slot, integer(value, kind, 0, 0xffffffff), true),
        (data, slot) => within(safeAt(data, slot), kind, 0, 0xffffffff),
      );
    default:
      return kind satisfies never;
  }
}

function int16Op(kind: "int16" | "uint8", min: number, max: number): RowOp {
  return fixedOp(
    "int16",
    2,
    (data, slot, value) => data.setInt16(slot, integer(value, kind, min, max), true),
    (data, slot) => within(data.getInt16(slot, true), kind, min, max),
  );
}

function int32Op(kind: "int32" | "uint16", min: number, max: number): RowOp {
  return fixedOp(
    "int32",
    4,
    (data, slot, value) => data.setInt32(slot, integer(value, kind, min, max), true),
    (data, slot) => within(data.getInt32(slot, true), kind, min, max),
  );
}

function within(value: number, kind: string, min: number, max: number): number {
  if (value < min || value > max) throw fail("data", `an integer outside ${kind}`);
  return value;
}

/** The op of a 64-bit integer that a number holds exactly. */
export const safeIntegerOp: RowOp = fixedOp(
  "int64",
  8,
  (data, slot, value) => {
    const n = safeInteger(value);
    data.setUint32(slot, n >>> 0, true);
    data.setInt32(slot + 4, Math.floor(n / two32), true);
  },
  safeAt,
);

function safeAt(data: DataView, slot: number): number {
  const value = data.getInt32(slot + 4, true) * two32 + data.getUint32(slot, true);
  if (!Number.isSafeInteger(value)) {
    throw fail("data", "an integer beyond 2^53, which a number does not hold: use z.int64()");
  }
  return value;
}

export const bigIntegerOp: RowOp = fixedOp(
  "int64",
  8,
  (data, slot, value) => data.setBigInt64(slot, bigInteger(value, true), true),
  (data, slot) => data.getBigInt64(slot, true),
  16,
);

/** The op of a float, which is rounded to its own precision first. */
export function floatOp(kind: "float16" | "bfloat16" | "float32" | "float64"): RowOp {
  if (kind === "float64") {
    return fixedOp(
      kind,
      8,
      (data, slot, value) => data.setFloat64(slot, float(value), true),
      (data, slot) => data.getFloat64(slot, true),
    );
  }
  return fixedOp(
    "float32",
    4,
    (data, slot, value) => data.setFloat32(slot, rounded[kind](float(value)), true),
    (data, slot) => data.getFloat32(slot, true),
  );
}

const rounded = {
  float16: (value: number) => float16Value(float16Bits(value)),
  bfloat16: (value: number) => bfloat16Value(bfloat16Bits(value)),
  float32: (value: number) => value,
};
