import { CodecError, compressPayload, decompressPayload } from "@aster/codec";
import { FrameFlag, MAX_PAYLOAD_BYTES } from "@aster/transport";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

const FIRST_REST = 4;
const LONGEST_REST = 256;

/**
 * Decides what is compressed, for the messages of one method in one direction.
 *
 * After a payload that did not shrink the next few are sent as they are, then one is tried again.
 */
export class MessagePacker {
  readonly #plainBytes: number;
  #rest = 0;
  #nextRest = FIRST_REST;
  /** The flags of the payload that {@link MessagePacker.pack} returned last. */
  flags = 0;

  /** Payloads of up to `plainBytes` are left as they are; with the bound of a frame nothing is compressed. */
  constructor(options: { readonly plainBytes: number }) {
    this.#plainBytes = options.plainBytes;
  }

  /** Throws RESOURCE_EXHAUSTED, naming limit and size, for what fits no frame. */
  pack(payload: Uint8Array): Uint8Array {
    this.flags = 0;
    if (payload.length <= this.#plainBytes) return payload;
    if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge(payload.length, MAX_PAYLOAD_BYTES);
    if (this.#rest > 0) {
      this.#rest -= 1;
      return payload;
    }
    const compressed = compressPayload(payload);
    if (compressed.length >= payload.length) {
      this.#rest = this.#nextRest;
      this.#nextRest = Math.min(this.#nextRest * 2, LONGEST_REST);
      return payload;
    }
    this.#nextRest = FIRST_REST;
    this.flags = FrameFlag.Compressed;
    return compressed;
  }
}

/**
 * The payload of a message frame as it was before compression.
 *
 * Throws RESOURCE_EXHAUSTED when it has more than `maxBytes`, noticed while it is inflated, INTERNAL for what is no
 * zstd frame, and UNIMPLEMENTED on a platform without zstd.
 */
export function unpack(flags: number, payload: Uint8Array, maxBytes: number): Uint8Array {
  if (payload.length > maxBytes) throw tooLarge(payload.length, maxBytes);
  if ((flags & FrameFlag.Compressed) === 0) return payload;
  try {
    return decompressPayload(payload, maxBytes);
  } catch (cause) {
    const error = RpcError.from(cause);
    if (error.is(StatusCode.RESOURCE_EXHAUSTED)) throw tooLarge("inflated", maxBytes, cause);
    if (cause instanceof CodecError && cause.code === "type") {
      const details = { reason: "compression.unsupported" };
      const message = `a compressed message cannot be read: ${cause.message}`;
      throw new RpcError(StatusCode.UNIMPLEMENTED, message, { cause, details });
    }
    throw new RpcError(StatusCode.INTERNAL, "a compressed message cannot be inflated", { cause });
  }
}

/** How large an inflated message would have become, nobody knows: that is stopped at the limit. */
function tooLarge(bytes: number | "inflated", limit: number, cause?: unknown): RpcError {
  const which = bytes === "inflated" ? "inflated message" : `message of ${bytes} bytes`;
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `${which} exceeds the limit of ${limit} bytes (maxMessageBytes)`,
    { cause, details: { reason: "limit.message", limit: String(limit) } },
  );
}
