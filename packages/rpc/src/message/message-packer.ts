import {
  CodecError,
  compressInBackground,
  compressPayload,
  decompressPayload,
  inflatedSize,
} from "@aster/codec";
import { type Channel, FrameFlag, MAX_PAYLOAD_BYTES } from "@aster/transport";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { Packing } from "./compression.ts";

/**
 * After a payload that did not shrink, this many are sent as they are before compression is tried
 * again.
 */
const FIRST_PAUSE = 4;
/** The pause doubles with each failure, up to this: later messages may be of another kind. */
const LONGEST_PAUSE = 256;

/** The level of messages that take too long at theirs. */
const QUICK_LEVEL = 3;
/** Copies of messages that are compressed in the background, of the whole process. */
const MOST_BACKGROUND_BYTES = 32 * 1024 * 1024;

let backgroundBytes = 0;

/** The frame of a message. */
export interface PackedMessage {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Decides which messages of one method, in one direction, are compressed. */
export class MessagePacker {
  readonly #plainBytes: number;
  readonly #level: number;
  readonly #backgroundBytes: number;
  #pause = 0;
  #nextPause = FIRST_PAUSE;

  constructor({ plainBytes, level }: Packing) {
    this.#plainBytes = plainBytes;
    this.#level = level;
    this.#backgroundBytes = Math.max(plainBytes, backgroundBytesOf(level));
  }

  /**
   * Returns the payload compressed, or `undefined` when it is to be sent as it is.
   * Throws RESOURCE_EXHAUSTED, with limit and size, for a payload that does not fit into a frame.
   */
  compress(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length <= this.#plainBytes) return undefined;
    if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge(payload.length, MAX_PAYLOAD_BYTES);
    if (this.#pause > 0) {
      this.#pause -= 1;
      return undefined;
    }
    const takesLong = payload.length > this.#backgroundBytes;
    const level = takesLong ? Math.min(this.#level, QUICK_LEVEL) : this.#level;
    return this.#shorter(payload, compressPayload(payload, level));
  }

  /**
   * A payload of this size is to be compressed in the background, because it would block the event
   * loop. While the background has enough to do, `compress` does it at a low level.
   */
  takesLong(bytes: number): boolean {
    if (bytes <= this.#backgroundBytes || bytes > MAX_PAYLOAD_BYTES) return false;
    return this.#pause === 0 && backgroundBytes + bytes <= MOST_BACKGROUND_BYTES;
  }

  /** As `compress`, of a copy and in the background. Returns the frame to send. */
  async packLater(payload: Uint8Array): Promise<PackedMessage> {
    const copy = payload.slice();
    backgroundBytes += copy.length;
    try {
      const shorter = this.#shorter(copy, await compressInBackground(copy, this.#level));
      return shorter === undefined
        ? { flags: 0, payload: copy }
        : { flags: FrameFlag.Compressed, payload: shorter };
    } finally {
      backgroundBytes -= copy.length;
    }
  }

  #shorter(payload: Uint8Array, compressed: Uint8Array): Uint8Array | undefined {
    if (compressed.length >= payload.length) {
      this.#pause = this.#nextPause;
      this.#nextPause = Math.min(this.#nextPause * 2, LONGEST_PAUSE);
      return undefined;
    }
    this.#nextPause = FIRST_PAUSE;
    return compressed;
  }
}

/**
 * The size above which a payload is compressed in the background: that takes about a millisecond of
 * a thread, far more than the change of the thread costs.
 */
function backgroundBytesOf(level: number): number {
  if (level <= 3) return 256 * 1024;
  return level <= 9 ? 64 * 1024 : 8 * 1024;
}

/** Sends a message frame, compressed where the packer returned a shorter payload. */
export function sendMessageFrame(
  channel: Channel,
  payload: Uint8Array,
  compressed: Uint8Array | undefined,
  end = false,
): boolean {
  return compressed === undefined
    ? channel.send(0, payload, end)
    : channel.send(FrameFlag.Compressed, compressed, end);
}

/**
 * Returns the size of a message before it is inflated: as far as it declares one, otherwise the
 * largest that `unpack` accepts.
 */
export function unpackedSize(flags: number, payload: Uint8Array, maxBytes: number): number {
  if ((flags & FrameFlag.Compressed) === 0) return payload.length;
  return Math.min(inflatedSize(payload) ?? maxBytes, maxBytes);
}

/**
 * Returns the payload of a message frame, inflated if it was compressed.
 *
 * Throws RESOURCE_EXHAUSTED as soon as it has more than `maxBytes`, INTERNAL for bytes that are not
 * a zstd frame, and UNIMPLEMENTED on a platform without zstd.
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
      const details = { reason: RpcReason.COMPRESSION_UNSUPPORTED };
      const message = `a compressed message cannot be read: ${cause.message}`;
      throw new RpcError(StatusCode.UNIMPLEMENTED, message, { cause, details });
    }
    throw new RpcError(StatusCode.INTERNAL, "a compressed message cannot be inflated", { cause });
  }
}

/** The size of an inflated message is not known, because inflating stops at the limit. */
function tooLarge(bytes: number | "inflated", limit: number, cause?: unknown): RpcError {
  const which = bytes === "inflated" ? "inflated message" : `message of ${bytes} bytes`;
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `${which} exceeds the limit of ${limit} bytes (maxMessageBytes)`,
    { cause, details: { reason: RpcReason.LIMIT_MESSAGE, limit: String(limit) } },
  );
}
