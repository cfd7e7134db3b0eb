import { canCompress } from "@aster/codec";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import type { MessageForm } from "../protocol/mode.ts";

/**
 * When payloads are compressed; `false`: never. JSON is not, and nothing is on a platform without zstd. What the peer
 * compresses is always read where the platform has zstd.
 */
export type Compression =
  | false
  | {
      /** Payloads of more bytes are compressed, where that makes them smaller. Default 4096. */
      readonly thresholdBytes?: number;
    };

const DEFAULT_THRESHOLD_BYTES = 4096;

/** Up to how many bytes payloads are left as they are. Throws `RangeError` for a threshold that is no number from 0 on. */
export function plainBytesOf(compression: Compression | undefined): number {
  if (compression === false) return MAX_PAYLOAD_BYTES;
  const { thresholdBytes = DEFAULT_THRESHOLD_BYTES } = compression ?? {};
  if (!(thresholdBytes >= 0)) {
    throw new RangeError("compression.thresholdBytes must be a number that is not negative");
  }
  return canCompress() ? Math.min(thresholdBytes, MAX_PAYLOAD_BYTES) : MAX_PAYLOAD_BYTES;
}

/** The same for one form. */
export function plainBytesIn(form: MessageForm, plainBytes: number): number {
  return form === "json" ? MAX_PAYLOAD_BYTES : plainBytes;
}
