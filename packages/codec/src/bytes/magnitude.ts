import type { ByteReader } from "./byte-reader.ts";

const hexDigits: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Approximate cost of each byte, as in `CodecLimits.graphBytes`. */
const byteCost = 16;

/**
 * Reads the magnitude of a bigint, low bytes first. Through hexadecimal text that takes linear
 * time.
 */
export function readMagnitude(r: ByteReader, size: number): bigint {
  const start = r.take(size);
  if (size === 0) return 0n;
  r.charge(size * byteCost);
  let hex = "0x";
  for (let at = start + size - 1; at >= start; at--) hex += hexDigits[r.bytes[at] as number];
  return BigInt(hex);
}
