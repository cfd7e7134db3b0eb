import { formatDecimal, maxUnscaledBytes, parseDecimal } from "../decimal.ts";
import { fail, kindOf } from "../failure.ts";
import type { ScalarKind, ScalarType } from "../field-type.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { dateText, dayOf } from "./day.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "./float16.ts";
import { putText, readText } from "./text.ts";
import { readTimestamp, readTimestampBig, writeTimestamp, writeTimestampBig } from "./timestamp.ts";
import { TypeId } from "./type-id.ts";
import type { PlainOp } from "./value-op.ts";
import {
  highOf,
  lowOf,
  putVar32,
  putVar64,
  putVarint64,
  putVarintBig,
  readVar64,
  readVarint32,
  readVarint64,
  readVarintBig,
  readVarUint64,
  readVarUintBig,
  safe,
} from "./varint.ts";

const two32 = 0x1_0000_0000;
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

type Write = (w: ByteWriter, value: unknown) => void;
type Read = (r: ByteReader) => unknown;

/** The op of a type whose values stand alone. */
export function scalarOp(type: ScalarType): PlainOp {
  const [write, read, cost] = functions(type);
  const typeId = TypeId[type.kind];
  return plainOp(typeId, write, read, cost ?? 0);
}

export function plainOp(
  typeId: number,
  write: PlainOp["write"],
  read: PlainOp["read"],
  cost: number,
): PlainOp {
  return {
    typeId,
    write,
    read,
    cost,
    writeInfo: (w) => w.putByte(typeId),
    readInfo(r) {
      const id = r.byte();
      if (id !== typeId) throw fail("mismatch", `type id ${typeId} expected, ${id} found`);
    },
  };
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
        ? [writeVarintBig, readVarintBig, 16]
        : [writeVarint64, readVarint64];
    case "var_uint64":
      return type.as === "bigint"
        ? [writeVarUintBig, readVarUintBig, 16]
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
      return [writeFloat64, readFloat64];
    case "string":
      return [writeText, readText, 24];
    case "binary":
      return [writeBinary, readBinary, 96];
    case "timestamp":
      return type.as === "bigint"
        ? [writeTimestampBig, readTimestampBig, 16]
        : [writeTimestamp, readTimestamp, 32];
    case "date":
      return [writeDate, readDate, 32];
    case "duration":
      return [writeDuration, readDuration, 16];
    case "decimal":
      return [writeDecimal, readDecimal, 32];
    default:
      return type.kind satisfies never;
  }
}

/** The value of an integer field as a number, or the failure that says what it should be. */
export function integer(value: unknown, kind: ScalarKind, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw fail("value", `expected an integer (${kind}), got ${kindOf(value)}`);
  }
  if (value < min || value > max) throw fail("value", `an integer outside ${kind}`);
  return value;
}

export function bigInteger(value: unknown, signed: boolean): bigint {
  if (typeof value !== "bigint") throw fail("value", `expected a bigint, got ${kindOf(value)}`);
  const fits = signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  if (fits !== value) throw fail("value", `a bigint outside ${signed ? "int64" : "uint64"}`);
  return value;
}

export function float(value: unknown): number {
  if (typeof value !== "number") throw fail("value", `expected a number, got ${kindOf(value)}`);
  return value;
}

function writeBool(w: ByteWriter, value: unknown): void {
  if (typeof value !== "boolean") throw fail("value", `expected a boolean, got ${kindOf(value)}`);
  w.putByte(value ? 1 : 0);
}

function readBool(r: ByteReader): boolean {
  const byte = r.byte();
  if (byte > 1) throw fail("data", `a boolean of ${byte}`);
  return byte === 1;
}

function fixedInt(kind: ScalarKind, size: number, min: number, max: number): [Write, Read] {
  const shift = 32 - size * 8;
  const signed = min < 0;
  return [
    (w, value) => {
      let rest = integer(value, kind, min, max);
      const b = w.room(w.pos, size);
      for (let i = 0; i < size; i++, rest >>= 8) b[w.pos++] = rest;
    },
    (r) => {
      const start = r.take(size);
      let value = 0;
      for (let i = 0; i < size; i++) value |= (r.bytes[start + i] as number) << (i * 8);
      return signed ? (value << shift) >> shift : value >>> 0;
    },
  ];
}

function writeVarint32(w: ByteWriter, value: unknown): void {
  const n = integer(value, "varint32", -0x80000000, 0x7fffffff);
  w.pos = putVar32(w.room(w.pos, 5), w.pos, (n << 1) ^ (n >> 31));
}

function writeVarUint32(w: ByteWriter, value: unknown): void {
  w.pos = putVar32(w.room(w.pos, 5), w.pos, integer(value, "var_uint32", 0, 0xffffffff));
}

function writeVarint64(w: ByteWriter, value: unknown): void {
  w.pos = putVarint64(w.room(w.pos, 9), w.pos, safeInteger(value));
}

function writeVarUint64(w: ByteWriter, value: unknown): void {
  const n = integer(value, "var_uint64", 0, Number.MAX_SAFE_INTEGER);
  w.pos = putVar64(w.room(w.pos, 9), w.pos, n >>> 0, Math.floor(n / two32));
}

function writeVarintBig(w: ByteWriter, value: unknown): void {
  w.pos = putVarintBig(w.room(w.pos, 9), w.pos, bigInteger(value, true));
}

function writeVarUintBig(w: ByteWriter, value: unknown): void {
  const n = bigInteger(value, false);
  w.pos = putVar64(w.room(w.pos, 9), w.pos, lowOf(n), highOf(n));
}

/** An integer within ±(2^53−1). */
export function safeInteger(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw fail(
      "value",
      "an integer beyond 2^53, which a number does not hold exactly: use z.int64()",
    );
  }
  return integer(value, "varint64", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

function fixed64(type: ScalarType, signed: boolean): [Write, Read, number] {
  const big = type.as === "bigint";
  return [
    (w, value) => put64(w, wide(value, big, signed)),
    (r) => {
      const n = get64(r, signed);
      return big ? n : safe(Number(n));
    },
    16,
  ];
}

function tagged64(type: ScalarType, signed: boolean): [Write, Read, number] {
  const big = type.as === "bigint";
  const min = signed ? -0x4000_0000n : 0n;
  const max = signed ? 0x3fff_ffffn : 0x7fff_ffffn;
  return [
    (w, value) => {
      const n = wide(value, big, signed);
      if (n < min || n > max) {
        w.putByte(1);
        put64(w, n);
        return;
      }
      scratch.setUint32(0, Number(BigInt.asUintN(32, n << 1n)), true);
      w.putBytes(scratchBytes.subarray(0, 4));
    },
    (r) => {
      const start = r.take(1);
      let n: bigint;
      if ((r.bytes[start] as number) & 1) n = get64(r, signed);
      else {
        r.pos = start;
        const at = r.take(4);
        scratchBytes.set(r.bytes.subarray(at, at + 4));
        n = BigInt(signed ? scratch.getInt32(0, true) >> 1 : scratch.getUint32(0, true) >>> 1);
      }
      return big ? n : safe(Number(n));
    },
    16,
  ];
}

function wide(value: unknown, big: boolean, signed: boolean): bigint {
  return big ? bigInteger(value, signed) : bigInteger(BigInt(safeInteger(value)), signed);
}

function put64(w: ByteWriter, value: bigint): void {
  scratch.setBigInt64(0, value, true);
  w.putBytes(scratchBytes);
}

function get64(r: ByteReader, signed: boolean): bigint {
  const start = r.take(8);
  scratchBytes.set(r.bytes.subarray(start, start + 8));
  return signed ? scratch.getBigInt64(0, true) : scratch.getBigUint64(0, true);
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

function writeFloat32(w: ByteWriter, value: unknown): void {
  scratch.setFloat32(0, float(value), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

function readFloat32(r: ByteReader): number {
  const start = r.take(4);
  for (let i = 0; i < 4; i++) scratchBytes[i] = r.bytes[start + i] as number;
  return scratch.getFloat32(0, true);
}

function writeFloat64(w: ByteWriter, value: unknown): void {
  scratch.setFloat64(0, float(value), true);
  w.putBytes(scratchBytes);
}

function readFloat64(r: ByteReader): number {
  const start = r.take(8);
  for (let i = 0; i < 8; i++) scratchBytes[i] = r.bytes[start + i] as number;
  return scratch.getFloat64(0, true);
}

function writeText(w: ByteWriter, value: unknown): void {
  if (typeof value !== "string") throw fail("value", `expected a string, got ${kindOf(value)}`);
  w.pos = putText(w, w.pos, value);
}

function writeBinary(w: ByteWriter, value: unknown): void {
  if (!(value instanceof Uint8Array)) {
    throw fail("value", `expected bytes (Uint8Array), got ${kindOf(value)}`);
  }
  w.putSmall(value.length);
  w.putBytes(value);
}

function readBinary(r: ByteReader): Uint8Array {
  const size = r.small();
  const start = r.take(size);
  return r.bytes.slice(start, start + size);
}

function writeDate(w: ByteWriter, value: unknown): void {
  scratch.setInt32(0, dayOf(value), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

function readDate(r: ByteReader): string {
  const start = r.take(4);
  scratchBytes.set(r.bytes.subarray(start, start + 4));
  return dateText(scratch.getInt32(0, true));
}

const secondNanos = 1_000_000_000n;

/** Whole seconds towards −∞, then 0…999999999 nanoseconds. */
function writeDuration(w: ByteWriter, value: unknown): void {
  if (typeof value !== "bigint") {
    throw fail("value", `expected a bigint of nanoseconds, got ${kindOf(value)}`);
  }
  const nanos = ((value % secondNanos) + secondNanos) % secondNanos;
  writeVarintBig(w, (value - nanos) / secondNanos);
  scratch.setInt32(0, Number(nanos), true);
  w.putBytes(scratchBytes.subarray(0, 4));
}

function readDuration(r: ByteReader): bigint {
  const seconds = readVarintBig(r);
  const start = r.take(4);
  scratchBytes.set(r.bytes.subarray(start, start + 4));
  const nanos = scratch.getInt32(0, true);
  if (nanos < 0 || nanos > 999_999_999) throw fail("data", `${nanos} nanoseconds of a second`);
  return seconds * secondNanos + BigInt(nanos);
}

const smallUnscaled = 1n << 62n;

function writeDecimal(w: ByteWriter, value: unknown): void {
  const { unscaled, scale } = parseDecimal(value);
  writeVarint32(w, scale);
  if (unscaled >= -smallUnscaled && unscaled < smallUnscaled) {
    const head = BigInt.asUintN(63, (unscaled << 1n) ^ (unscaled >> 63n)) << 1n;
    writeVarUintBig(w, head);
    return;
  }
  const size = unscaled < 0n ? -unscaled : unscaled;
  const bytes: number[] = [];
  for (let rest = size; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 255n));
  writeVarUint64(w, (((bytes.length << 1) | (unscaled < 0n ? 1 : 0)) << 1) | 1);
  w.putBytes(Uint8Array.from(bytes));
}

function readDecimal(r: ByteReader): string {
  const scale = readVarint32(r);
  readVar64(r);
  const head = (BigInt(r.hi) << 32n) | BigInt(r.lo);
  if (!(head & 1n)) {
    const zigzag = head >> 1n;
    return formatDecimal({ unscaled: (zigzag >> 1n) ^ -(zigzag & 1n), scale });
  }
  const size = Number(head >> 2n);
  if (size > maxUnscaledBytes) throw fail("limit", `a decimal of ${size} bytes`);
  const start = r.take(size);
  let unscaled = 0n;
  for (let i = size - 1; i >= 0; i--)
    unscaled = (unscaled << 8n) | BigInt(r.bytes[start + i] as number);
  return formatDecimal({ unscaled: head & 2n ? -unscaled : unscaled, scale });
}
