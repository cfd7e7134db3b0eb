import { canCompress } from "@aster/codec";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import { checkNonNegative } from "../option-check.ts";
import type { WireMode } from "../protocol/mode.ts";

/**
 * The compression of payloads; `false` for none. JSON is never compressed, and nothing is on a
 * platform without zstd. Compressed payloads of the peer are always read where there is zstd.
 */
export type Compression =
  | false
  | {
      /** Payloads of more bytes are compressed, where that makes them smaller. Default: 4096. */
      readonly thresholdBytes?: number | undefined;
    };

/**
 * Below this, compression saves less than the time it takes: the payload fits into a few packets
 * anyway.
 */
const DEFAULT_THRESHOLD_BYTES = 4096;

/**
 * Returns the size up to which payloads are left as they are. Throws INVALID_ARGUMENT for a bad
 * threshold.
 */
export function plainBytesOf(compression: Compression | undefined): number {
  if (compression === false) return MAX_PAYLOAD_BYTES;
  const { thresholdBytes = DEFAULT_THRESHOLD_BYTES } = compression ?? {};
  checkNonNegative("compression.thresholdBytes", thresholdBytes);
  return canCompress() ? Math.min(thresholdBytes, MAX_PAYLOAD_BYTES) : MAX_PAYLOAD_BYTES;
}

/** The same for one mode. */
export function plainBytesIn(mode: WireMode, plainBytes: number): number {
  return mode === "json" ? MAX_PAYLOAD_BYTES : plainBytes;
}
