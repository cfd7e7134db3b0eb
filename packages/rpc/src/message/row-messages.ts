import type { WireType } from "@aster/codec";
import { type RowCodec, rowCodec } from "@aster/codec/row";
import { RpcError } from "../error.ts";
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

/**
 * Returns the codec of a type in ROW. Throws `CodecError` `schema` for a type without a row form.
 */
export function rowMessages(type: WireType): MessageCodec {
  const rows = rowsOf(type);
  return {
    encode: (value) => rows.encode(value),
    encodeShared: (value) => rows.encode(value),
    decode: (bytes) => rows.decode(bytes),
  };
}

/**
 * As {@link rowMessages}, but decodes to views, of a copy, because the transport reuses the bytes
 * of a frame.
 */
export function rowViews(type: WireType): MessageCodec {
  const rows = rowsOf(type);
  return { ...rowMessages(type), decode: (bytes) => rows.view(new Uint8Array(bytes)) };
}

/** Encodes a value as a row and returns a view of it. */
export function rowViewOf(type: WireType, value: unknown): unknown {
  const rows = rowsOf(type);
  return rows.view(rows.encode(value));
}

/** The row schema of one direction. It is sent before the first row. */
class DirectionSchema {
  readonly bytes: Uint8Array;
  readonly #rows: RowCodec<unknown>;

  constructor(type: WireType) {
    this.#rows = rowsOf(type);
    this.bytes = this.#rows.schemaBytes();
  }

  /**
   * Throws `CodecError`: `mismatch` for the schema of other rows, `data` and others for bytes that
   * are not a schema.
   */
  check(bytes: Uint8Array): void {
    if (Buffer.compare(bytes, this.bytes) !== 0) this.#rows.checkSchema(bytes);
  }
}

/** The row schemas of one method. */
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
