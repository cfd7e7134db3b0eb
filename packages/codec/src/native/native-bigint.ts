import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { readMagnitude } from "../bytes/magnitude.ts";
import { putVarintBig } from "../bytes/varint.ts";
import { fail } from "../failure.ts";
import { NativeId } from "./native-id.ts";

/** Maximum size of a magnitude: most operations on bigints take more than linear time. */
const maxBytes = 65_536;
/** Approximate cost of a bigint without its bytes, as in `CodecLimits.graphBytes`. */
const bigintCost = 256;

/** Writes a bigint of 64 bits as a varint, a longer one as sign and magnitude. */
export function writeBigint(w: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    w.putByte(NativeId.bigint);
    w.pos = putVarintBig(w.room(w.pos, 9), w.pos, value);
    return;
  }
  const negative = value < 0n;
  const hex = (negative ? -value : value).toString(16);
  const size = (hex.length + 1) >> 1;
  if (size > maxBytes) throw fail("limit", `a bigint of ${size} bytes`);
  w.putByte(NativeId.longBigint);
  w.putSmall((size << 1) | (negative ? 1 : 0));
  const b = w.room(w.pos, size);
  for (let end = hex.length; end > 0; end -= 2) {
    b[w.pos++] = Number.parseInt(hex.slice(Math.max(0, end - 2), end), 16);
  }
}

/**
 * Reads sign and magnitude: `varuint(bytes << 1 | negative)`, then the magnitude, low bytes first.
 */
export function readLongBigint(r: ByteReader): bigint {
  const head = r.small();
  const size = head >>> 1;
  if (size > maxBytes) throw fail("limit", `a bigint of ${size} bytes`);
  r.charge(bigintCost);
  const magnitude = readMagnitude(r, size);
  return head & 1 ? -magnitude : magnitude;
}
