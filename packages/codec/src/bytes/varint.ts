import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";

/** The halves of a 64-bit integer, low ones first: quicker than arithmetic of bigints. */
const scratch = new DataView(new ArrayBuffer(8));

const two32 = 0x1_0000_0000;

/** Writes 7 bits per byte, low bits first. The ninth byte holds eight. Needs 9 bytes of room. */
export function putVar64(b: Uint8Array, pos: number, low: number, high: number): number {
  let p = pos;
  let lo = low >>> 0;
  let hi = high >>> 0;
  for (let i = 0; i < 8; i++) {
    if (hi === 0 && lo < 128) {
      b[p++] = lo;
      return p;
    }
    b[p++] = (lo & 127) | 128;
    lo = ((lo >>> 7) | (hi << 25)) >>> 0;
    hi >>>= 7;
  }
  b[p++] = lo;
  return p;
}

/** Writes 7 bits per byte, low bits first. Needs 5 bytes of room. */
export function putVar32(b: Uint8Array, pos: number, value: number): number {
  let p = pos;
  let rest = value >>> 0;
  while (rest > 127) {
    b[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  b[p++] = rest;
  return p;
}

/** Writes a safe integer in zigzag form. Needs 9 bytes of room. */
export function putVarint64(b: Uint8Array, pos: number, value: number): number {
  const high = Math.floor(value / two32);
  return putZigzag(b, pos, value >>> 0, high | 0);
}

/** Writes a bigint of 64 bits in zigzag form. Needs 9 bytes of room. */
export function putVarintBig(b: Uint8Array, pos: number, value: bigint): number {
  return putZigzag(b, pos, lowOf(value), highOf(value));
}

function putZigzag(b: Uint8Array, pos: number, low: number, high: number): number {
  const sign = high >> 31;
  return putVar64(b, pos, (low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}

/** Returns the low 32 bits of a bigint, signed. */
export function lowOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** Returns the high 32 bits of a bigint of 64 bits, signed. */
export function highOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

/** Reads into `lo` and `hi` of the reader, both unsigned. */
export function readVar64(r: ByteReader): void {
  let lo = 0;
  let hi = 0;
  let shift = 0;
  for (; shift < 28; shift += 7) {
    const byte = r.byte();
    lo |= (byte & 127) << shift;
    if (byte < 128) {
      r.lo = lo;
      r.hi = 0;
      return;
    }
  }
  // bits 28 to 34 lie across both halves
  let byte = r.byte();
  lo = (lo | ((byte & 127) << 28)) >>> 0;
  hi = (byte & 127) >>> 4;
  for (shift = 3; byte >= 128 && shift < 24; shift += 7) {
    byte = r.byte();
    hi |= (byte & 127) << shift;
  }
  if (byte >= 128) hi |= r.byte() << 24;
  r.lo = lo;
  r.hi = hi >>> 0;
}

/** Reads a zigzag integer that a number holds exactly. */
export function readVarint64(r: ByteReader): number {
  readVar64(r);
  const sign = -(r.lo & 1);
  const lo = ((r.lo >>> 1) | (r.hi << 31)) ^ sign;
  const hi = (r.hi >>> 1) ^ sign;
  return safe(hi * two32 + (lo >>> 0));
}

export function readVarintBig(r: ByteReader): bigint {
  readVar64(r);
  const sign = -(r.lo & 1);
  scratch.setInt32(0, ((r.lo >>> 1) | (r.hi << 31)) ^ sign, true);
  scratch.setInt32(4, (r.hi >>> 1) ^ sign, true);
  return scratch.getBigInt64(0, true);
}

export function readVarUint64(r: ByteReader): number {
  readVar64(r);
  return safe(r.hi * two32 + r.lo);
}

export function readVarUintBig(r: ByteReader): bigint {
  readVar64(r);
  scratch.setUint32(0, r.lo, true);
  scratch.setUint32(4, r.hi, true);
  return scratch.getBigUint64(0, true);
}

export function readVarint32(r: ByteReader): number {
  const value = r.small();
  return (value >>> 1) ^ -(value & 1);
}

/** Refuses an integer that a number would round: those from −2^53+1 to 2^53−1 are exact. */
export function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw fail("data", "an integer beyond 2^53, which a number cannot hold: use z.int64() for it");
}
