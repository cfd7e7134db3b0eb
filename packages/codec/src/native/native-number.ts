import type { ByteReader } from "../bytes/byte-reader.ts";
import { scratch, scratchBytes } from "../bytes/scratch.ts";
import { TypeId } from "../bytes/type-id.ts";
import { putVar32, putVarint64 } from "../bytes/varint.ts";
import { zeroId } from "./native-id.ts";

/** Most bytes of a number, its id included. */
export const numberBytes = 10;

/** Writes id and value at `p` and returns where they end. Needs {@link numberBytes} of room. */
export function putNumber(b: Uint8Array, p: number, value: number): number {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return putInteger(b, p, value);
  return putLongNumber(b, p, value);
}

/** The same for integers of 32 bits. */
export function putInteger(b: Uint8Array, p: number, value: number): number {
  if (value >= -32 && value < 96) {
    b[p] = value + zeroId;
    return p + 1;
  }
  b[p] = TypeId.varint32;
  return putVar32(b, p + 1, (value << 1) ^ (value >> 31));
}

/** The same for all other numbers. */
export function putLongNumber(b: Uint8Array, p: number, value: number): number {
  if (Number.isSafeInteger(value) && value !== 0) {
    b[p] = TypeId.varint64;
    return putVarint64(b, p + 1, value);
  }
  b[p] = TypeId.float64;
  return putDouble(b, p + 1, value);
}

/** A double without its id. Needs 8 bytes of room. */
export function putDouble(b: Uint8Array, p: number, value: number): number {
  scratch.setFloat64(0, value, true);
  b[p] = scratchBytes[0] as number;
  b[p + 1] = scratchBytes[1] as number;
  b[p + 2] = scratchBytes[2] as number;
  b[p + 3] = scratchBytes[3] as number;
  b[p + 4] = scratchBytes[4] as number;
  b[p + 5] = scratchBytes[5] as number;
  b[p + 6] = scratchBytes[6] as number;
  b[p + 7] = scratchBytes[7] as number;
  return p + 8;
}

/** A double without its id. */
export function readDouble(r: ByteReader): number {
  const start = r.take(8);
  const b = r.bytes;
  scratchBytes[0] = b[start] as number;
  scratchBytes[1] = b[start + 1] as number;
  scratchBytes[2] = b[start + 2] as number;
  scratchBytes[3] = b[start + 3] as number;
  scratchBytes[4] = b[start + 4] as number;
  scratchBytes[5] = b[start + 5] as number;
  scratchBytes[6] = b[start + 6] as number;
  scratchBytes[7] = b[start + 7] as number;
  return scratch.getFloat64(0, true);
}
