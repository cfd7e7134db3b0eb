import { readDate, readShortDate, writeDate, writeShortDate } from "../../bytes/day.ts";
import { readDecimal, writeDecimal } from "../../bytes/decimal.ts";
import { readDuration, writeDuration } from "../../bytes/duration.ts";
import { float, readDouble, readFloat32, writeFloat32, writeFloat64 } from "../../bytes/float.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "../../bytes/float16.ts";
import {
  fixed64,
  fixedInt,
  tagged64,
  writeVarint32,
  writeVarint64,
  writeVarintBig,
  writeVarUint32,
  writeVarUint64,
  writeVarUintBig,
} from "../../bytes/integer.ts";
import { putText, readText } from "../../bytes/text.ts";
import {
  readTimestamp,
  readTimestampBig,
  writeTimestamp,
  writeTimestampBig,
} from "../../bytes/timestamp.ts";
import { TypeId } from "../../bytes/type-id.ts";
import {
  readVarint32,
  readVarint64,
  readVarintBig,
  readVarUint64,
  readVarUintBig,
} from "../../bytes/varint.ts";
import { fail, kindOf } from "../../failure.ts";
import type { ScalarType } from "../../schema/field-type.ts";
import { isBytes } from "../../value-kind.ts";
import type { Profile } from "../profile.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";
import { type PlainOp, plainOp } from "./value-op.ts";

// Costs as in `CodecLimits.graphBytes`: values that take long to decode count for more than their
// memory.
const bigCost = 64;
export const textCost = 64;
const dayCost = 260;

type Write = (w: XlangWriter, value: unknown) => void;
type Read = (r: XlangReader) => unknown;

/** Returns the op of a scalar type. Dates differ between profiles. */
export function scalarOp(type: ScalarType, profile?: Profile): PlainOp {
  const [write, read, cost] =
    type.kind === "date" && profile?.id === "B"
      ? ([writeShortDate, readShortDate, dayCost] as const)
      : functions(type);
  const typeId = TypeId[type.kind];
  return plainOp(typeId, write, read, cost ?? 0, `${typeId}${type.as ?? ""}`);
}

function functions(type: ScalarType): readonly [Write, Read, cost?: number] {
  switch (type.kind) {
    case "bool":
      return [writeBool, readBool];
    case "int8":
      return fixedInt("int8", 1, -0x80, 0x7f);
    case "int16":
      return fixedInt("int16", 2, -0x8000, 0x7fff);
    case "int32":
      return fixedInt("int32", 4, -0x80000000, 0x7fffffff);
    case "uint8":
      return fixedInt("uint8", 1, 0, 0xff);
    case "uint16":
      return fixedInt("uint16", 2, 0, 0xffff);
    case "uint32":
      return fixedInt("uint32", 4, 0, 0xffffffff);
    case "varint32":
      return [writeVarint32, readVarint32];
    case "var_uint32":
      return [writeVarUint32, (r) => r.small()];
    case "varint64":
      return type.as === "bigint"
        ? [writeVarintBig, readVarintBig, bigCost]
        : [writeVarint64, readVarint64];
    case "var_uint64":
      return type.as === "bigint"
        ? [writeVarUintBig, readVarUintBig, bigCost]
        : [writeVarUint64, readVarUint64];
    case "int64":
      return fixed64(type, true);
    case "uint64":
      return fixed64(type, false);
    case "tagged_int64":
      return tagged64(type, true);
    case "tagged_uint64":
      return tagged64(type, false);
    case "float16":
      return half(float16Bits, float16Value);
    case "bfloat16":
      return half(bfloat16Bits, bfloat16Value);
    case "float32":
      return [writeFloat32, readFloat32];
    case "float64":
      return [writeFloat64, readDouble];
    case "string":
      return [writeText, readText, textCost];
    case "binary":
      return [writeBinary, readBinary, 280];
    case "timestamp":
      return type.as === "bigint"
        ? [writeTimestampBig, readTimestampBig, bigCost]
        : [writeTimestamp, readTimestamp, 128];
    case "date":
      return [writeDate, readDate, dayCost];
    case "duration":
      return [writeDuration, readDuration, bigCost];
    case "decimal":
      return [writeDecimal, readDecimal, 290];
    default:
      return type.kind satisfies never;
  }
}

function writeBool(w: XlangWriter, value: unknown): void {
  if (typeof value !== "boolean") throw fail("value", `expected a boolean, got ${kindOf(value)}`);
  w.putByte(value ? 1 : 0);
}

function readBool(r: XlangReader): boolean {
  const byte = r.byte();
  if (byte > 1) throw fail("data", `a boolean of ${byte}`);
  return byte === 1;
}

function half(
  toBits: (value: number) => number,
  fromBits: (bits: number) => number,
): [Write, Read] {
  return [
    (w, value) => {
      const bits = toBits(float(value));
      w.putByte(bits & 255);
      w.putByte(bits >> 8);
    },
    (r) => {
      const start = r.take(2);
      return fromBits((r.bytes[start] as number) | ((r.bytes[start + 1] as number) << 8));
    },
  ];
}

function writeText(w: XlangWriter, value: unknown): void {
  if (typeof value !== "string") throw fail("value", `expected a string, got ${kindOf(value)}`);
  w.pos = putText(w, w.pos, value);
}

function writeBinary(w: XlangWriter, value: unknown): void {
  if (!isBytes(value)) {
    throw fail("value", `expected bytes (Uint8Array), got ${kindOf(value)}`);
  }
  w.putSmall(value.length);
  w.putBytes(value);
}

function readBinary(r: XlangReader): Uint8Array {
  return r.part(r.small());
}
