import type { Root } from "./schema/root.ts";

/** The codec of one type in one mode. Code that sends many messages keeps it. */
export interface TypeCodec<Out, In = Out> {
  /**
   * Returns bytes that the caller owns and that are not written to again. Their `ArrayBuffer` may
   * be larger and may hold other small messages, like those of Node's buffers: call `slice()`
   * before you transfer it to a worker. Throws `CodecError`, usually `value`.
   */
  encode(value: In): Uint8Array;
  /**
   * Returns a view of a shared buffer, valid until anything else is encoded. For callers that copy
   * the bytes at once.
   */
  encodeShared(value: In): Uint8Array;
  /**
   * Writes the message at `offset` and returns its size in bytes. Throws `CodecError` `space`
   * if it does not fit; the bytes behind `offset` are then undefined.
   */
  encodeInto(value: In, buffer: Uint8Array, offset: number): number;
  /**
   * Returns the value of a message. It holds no views into `bytes`, which may be reused at once,
   * unless the codec was made with `CodecOptions.views`. Throws `CodecError`, usually
   * `data` or `mismatch`.
   */
  decode(bytes: Uint8Array): Out;
}

/** Makes the codec of one type in one mode. */
export type MakeTypeCodec = (root: Root) => TypeCodec<unknown>;
