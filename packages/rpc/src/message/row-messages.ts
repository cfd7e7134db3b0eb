import type { WireType } from "@aster/codec";
import { type RowCodec, rowCodec } from "@aster/codec/row";
import { RpcError } from "../error.ts";
import { passingCodec } from "../local/passing-codec.ts";
import { StatusCode } from "../status.ts";
import type { MessageCodec } from "./message-codec.ts";

const codecs = new WeakMap<WireType, RowCodec<unknown>>();

function rowsOf(type: WireType): RowCodec<unknown> {
  let codec = codecs.get(type);
  if (codec === undefined) {
    codec = rowCodec(type) as RowCodec<unknown>;
    codecs.set(type, codec);
  }
  return codec;
}

/** The messages of a type in ROW. Throws `CodecError` `schema` for a type that has no form in rows. */
export function rowMessages(type: WireType): MessageCodec {
  const rows = rowsOf(type);
  return {
    encode: (value) => rows.encode(value),
    encodeShared: (value) => rows.encode(value),
    decode: (bytes) => rows.decode(bytes),
  };
}

/**
 * `messages`, which are rows of this type or values handed over, read as views: of a copy, because the bytes of a frame
 * are used again.
 */
export function rowViews(type: WireType, messages: MessageCodec): MessageCodec {
  const rows = rowsOf(type);
  const copy =
    messages === passingCodec
      ? (passed: Uint8Array) => rows.encode(messages.decode(passed))
      : (bytes: Uint8Array) => new Uint8Array(bytes);
  return { ...messages, decode: (bytes) => rows.view(copy(bytes)) };
}

/** The schema of one direction: what its first row comes after. */
class DirectionSchema {
  readonly bytes: Uint8Array;
  readonly #rows: RowCodec<unknown>;

  constructor(type: WireType) {
    this.#rows = rowsOf(type);
    this.bytes = this.#rows.schemaBytes();
  }

  /** Throws `CodecError`: `mismatch` where rows of this schema are not ours, `data` and others for what is no schema. */
  check(bytes: Uint8Array): void {
    if (Buffer.compare(bytes, this.bytes) !== 0) this.#rows.checkSchema(bytes);
  }
}

/** The schemas of a method's messages. */
export class RowSchemas {
  readonly request: DirectionSchema;
  readonly response: DirectionSchema;

  constructor(request: WireType, response: WireType) {
    this.request = new DirectionSchema(request);
    this.response = new DirectionSchema(response);
  }
}

export function rowBeforeSchema(): RpcError {
  return new RpcError(StatusCode.INTERNAL, "a row came before the schema of its stream");
}

export function secondSchema(): RpcError {
  return new RpcError(StatusCode.INTERNAL, "the schema of a stream of rows came twice");
}
