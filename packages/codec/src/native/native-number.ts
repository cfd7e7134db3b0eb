import { putDouble } from "../bytes/float.ts";
import { TypeId } from "../bytes/type-id.ts";
import { putVar32, putVarint64 } from "../bytes/varint.ts";
import { zeroId } from "./native-id.ts";

/** Maximum size of a number, including its id. */
export const numberBytes = 10;

/**
 * Writes the id and value of a number at `p` and returns where they end. Needs {@link numberBytes}
 * of room.
 */
export function putNumber(b: Uint8Array, p: number, value: number): number {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return putInteger(b, p, value);
  return putLongNumber(b, p, value);
}

/** Writes an integer of 32 bits in the same way. */
export function putInteger(b: Uint8Array, p: number, value: number): number {
  if (value >= -32 && value < 96) {
    b[p] = value + zeroId;
    return p + 1;
  }
  b[p] = TypeId.varint32;
  return putVar32(b, p + 1, (value << 1) ^ (value >> 31));
}

/** Writes any other number in the same way. */
export function putLongNumber(b: Uint8Array, p: number, value: number): number {
  if (Number.isSafeInteger(value) && value !== 0) {
    b[p] = TypeId.varint64;
    return putVarint64(b, p + 1, value);
  }
  b[p] = TypeId.float64;
  return putDouble(b, p + 1, value);
}
