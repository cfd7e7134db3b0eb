import { TransportError } from "./error.ts";

/**
 * The flag bits of a frame (docs/wire.md, "Frames"). Test them with AND; unknown bits are ignored.
 */
export const FrameFlag = {
  /** The payload is one zstd frame. */
  Compressed: 0x01,
  /** The status of a call, or the end of its input: the payload is an RpcStatus or empty. */
  Trailer: 0x02,
  /** The payload is a StreamHeader: the first frame of a stream. */
  Header: 0x04,
  /** The payload is the row schema (ROW mode). */
  RowSchema: 0x08,
  /** The payload is a CallHeader (sessions). */
  Call: 0x10,
  /** Cancels the current call; the payload is empty. */
  Cancel: 0x20,
  /** The last request frame, in a later version of the protocol: accepted, never sent. */
  EndStream: 0x40,
} as const;
export type FrameFlag = (typeof FrameFlag)[keyof typeof FrameFlag];

/** The longest frame: flags byte and payload together. Fixed by docs/wire.md, "Frames". */
export const MAX_FRAME_BYTES: number = 16 * 1024 * 1024;
/** The longest payload of one frame. */
export const MAX_PAYLOAD_BYTES: number = MAX_FRAME_BYTES - 1;
/** The bytes of a frame besides its payload: the length and the flags. */
export const FRAME_OVERHEAD_BYTES = 5;

const LENGTH_BYTES = 4;
/** The first buffer of a splitter: enough for most frames that arrive in pieces. */
const FIRST_BUFFER_BYTES = 4096;
/**
 * A larger buffer is freed after its frame, so that one large frame does not occupy it for good.
 */
const KEPT_BUFFER_BYTES = 64 * 1024;

/** Throws {@link TransportError} `"limit"` when a payload is too long for one frame. */
export function checkPayloadSize(payloadBytes: number): void {
  if (payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new TransportError(
      "limit",
      `frame size ${payloadBytes + 1} exceeds maximum ${MAX_FRAME_BYTES}; send the message in parts, as a stream or a blob`,
    );
  }
}

/**
 * Returns one frame as it is on the wire, in memory of its own. Throws {@link TransportError}
 * `"limit"` over 16 MiB.
 */
export function encodeFrame(flags: number, payload: Uint8Array): Uint8Array {
  checkPayloadSize(payload.length);
  const bytes = new Uint8Array(FRAME_OVERHEAD_BYTES + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length + 1, true);
  bytes[LENGTH_BYTES] = flags;
  bytes.set(payload, FRAME_OVERHEAD_BYTES);
  return bytes;
}

/**
 * Cuts a byte stream into frames, in whatever pieces it arrives.
 *
 * Its memory grows with what has arrived, not with the length that a frame claims. It must not be
 * used after it has thrown, because the frame borders are lost.
 */
export class FrameSplitter {
  #held: Uint8Array = new Uint8Array(0);
  #heldBytes = 0;

  /**
   * Passes every frame that is now complete to `onFrame`. The payload is a view, valid until
   * `onFrame` returns. Throws {@link TransportError} `"frame"` on a length of 0 or over 16 MiB.
   */
  push(bytes: Uint8Array, onFrame: (flags: number, payload: Uint8Array) => void): void {
    let offset = 0;
    while (offset < bytes.length) {
      offset =
        this.#heldBytes === 0
          ? this.#cut(bytes, offset, onFrame)
          : this.#complete(bytes, offset, onFrame);
    }
  }

  /**
   * Checks that the stream may end here. Throws {@link TransportError} `"frame"` inside a frame. An
   * end inside the length counts as an end before it, as in `aster-rpc`.
   */
  end(): void {
    if (this.#heldBytes < LENGTH_BYTES) return;
    const got = this.#heldBytes - LENGTH_BYTES;
    throw new TransportError(
      "frame",
      `incomplete frame: expected ${sizeAt(this.#held, 0)} bytes, got ${got}`,
    );
  }

  /** Emits the frames that lie whole in `bytes` without a copy, and holds the rest. */
  #cut(bytes: Uint8Array, from: number, onFrame: FrameHandler): number {
    let offset = from;
    while (bytes.length - offset >= LENGTH_BYTES) {
      const next = offset + LENGTH_BYTES + sizeAt(bytes, offset);
      if (next > bytes.length) break;
      emit(bytes, offset, next, onFrame);
      offset = next;
    }
    if (offset < bytes.length) this.#hold(bytes.subarray(offset));
    return bytes.length;
  }

  /** Adds to the held frame only what it lacks. */
  #complete(bytes: Uint8Array, from: number, onFrame: FrameHandler): number {
    const lacksLength = this.#heldBytes < LENGTH_BYTES;
    const wanted = lacksLength ? LENGTH_BYTES : LENGTH_BYTES + sizeAt(this.#held, 0);
    const next = Math.min(bytes.length, from + wanted - this.#heldBytes);
    this.#hold(bytes.subarray(from, next));
    if (this.#heldBytes === LENGTH_BYTES) sizeAt(this.#held, 0);
    if (!lacksLength && this.#heldBytes === wanted) {
      const frame = this.#held;
      this.#heldBytes = 0;
      if (frame.length > KEPT_BUFFER_BYTES) this.#held = new Uint8Array(0);
      emit(frame, 0, wanted, onFrame);
    }
    return next;
  }

  #hold(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(FIRST_BUFFER_BYTES, needed, this.#held.length * 2));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = needed;
  }
}

type FrameHandler = (flags: number, payload: Uint8Array) => void;

function emit(bytes: Uint8Array, start: number, end: number, onFrame: FrameHandler): void {
  onFrame(bytes[start + LENGTH_BYTES] ?? 0, bytes.subarray(start + FRAME_OVERHEAD_BYTES, end));
}

/** Returns the checked length of the frame at `offset`, flags byte included. */
function sizeAt(bytes: Uint8Array, offset: number): number {
  const size = new DataView(bytes.buffer, bytes.byteOffset + offset, LENGTH_BYTES).getUint32(
    0,
    true,
  );
  if (size === 0) throw new TransportError("frame", "received zero-length frame");
  if (size > MAX_FRAME_BYTES) {
    throw new TransportError("frame", `frame size ${size} exceeds maximum ${MAX_FRAME_BYTES}`);
  }
  return size;
}
