import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { formatDecimal, maxUnscaledBytes, parseDecimal } from "./decimal-text.ts";
import { writeVarint32, writeVarUint64, writeVarUintBig } from "./integer.ts";
import { readMagnitude } from "./magnitude.ts";
import { readVar64, readVarint32 } from "./varint.ts";

/** Smaller values fit into one varuint with the flag for large ones. */
const smallUnscaled = 1n << 62n;

/** Cost of one byte of a large value, as in `CodecLimits.graphBytes`. */
const byteCost = 100;

/** Writes scale and unscaled value (docs/fory.md, "Time"). */
export function writeDecimal(w: ByteWriter, value: unknown): void {
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

export function readDecimal(r: ByteReader): string {
  const scale = readVarint32(r);
  readVar64(r);
  const head = (BigInt(r.hi) << 32n) | BigInt(r.lo);
  if (!(head & 1n)) {
    const zigzag = head >> 1n;
    return formatDecimal({ unscaled: (zigzag >> 1n) ^ -(zigzag & 1n), scale });
  }
  const size = Number(head >> 2n);
  if (size > maxUnscaledBytes) throw fail("limit", `a decimal of ${size} bytes`);
  // formatting takes more than reading
  r.charge(size * byteCost);
  const unscaled = readMagnitude(r, size);
  return formatDecimal({ unscaled: head & 2n ? -unscaled : unscaled, scale });
}
