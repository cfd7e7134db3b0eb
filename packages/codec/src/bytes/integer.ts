import { fail, kindOf } from "../failure.ts";
import type { ScalarKind, ScalarType } from "../schema/field-type.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { scratch, scratchBytes } from "./float.ts";
import { highOf, lowOf, putVar32, putVar64, putVarint64, putVarintBig, safe } from "./varint.ts";

const two32 = 0x1_0000_0000;

type Write = (w: ByteWriter, value: unknown) => void;
type Read = (r: ByteReader) => unknown;

/** Returns the value of an integer field as a number, or throws a `value` failure. */
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

export function fixedInt(kind: ScalarKind, size: number, min: number, max: number): [Write, Read] {
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

export function writeVarint32(w: ByteWriter, value: unknown): void {
  const n = integer(value, "varint32", -0x80000000, 0x7fffffff);
  w.pos = putVar32(w.room(w.pos, 5), w.pos, (n << 1) ^ (n >> 31));
}

export function writeVarUint32(w: ByteWriter, value: unknown): void {
  w.pos = putVar32(w.room(w.pos, 5), w.pos, integer(value, "var_uint32", 0, 0xffffffff));
}

export function writeVarint64(w: ByteWriter, value: unknown): void {
  w.pos = putVarint64(w.room(w.pos, 9), w.pos, safeInteger(value));
}

export function writeVarUint64(w: ByteWriter, value: unknown): void {
  const n = integer(value, "var_uint64", 0, Number.MAX_SAFE_INTEGER);
  w.pos = putVar64(w.room(w.pos, 9), w.pos, n >>> 0, Math.floor(n / two32));
}

export function writeVarintBig(w: ByteWriter, value: unknown): void {
  w.pos = putVarintBig(w.room(w.pos, 9), w.pos, bigInteger(value, true));
}

export function writeVarUintBig(w: ByteWriter, value: unknown): void {
  const n = bigInteger(value, false);
  w.pos = putVar64(w.room(w.pos, 9), w.pos, lowOf(n), highOf(n));
}

/** Returns an integer within ±(2^53−1), or throws a `value` failure. */
export function safeInteger(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw fail(
      "value",
      "an integer beyond 2^53, which a number does not hold exactly: use z.int64()",
    );
  }
  return integer(value, "varint64", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

export function fixed64(type: ScalarType, signed: boolean): [Write, Read, number] {
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

export function tagged64(type: ScalarType, signed: boolean): [Write, Read, number] {
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
