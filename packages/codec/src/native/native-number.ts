import { putDouble } from "../bytes/float.ts";

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
