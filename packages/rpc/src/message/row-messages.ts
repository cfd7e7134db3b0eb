import { type RowCodec, rowCodec, type WireType } from "@aster/codec";
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

/** The messages of a type in ROW. Throws `CodecError` `schema` for a type that has no form in rows. */
export function rowMessages(type: WireType): MessageCodec {
  const rows = rowsOf(type);
  return {
    encode: (value) => rows.encode(value),
    encodeShared: (value) => rows.encode(value),
    decode: (bytes) => rows.decode(bytes),
  };
}

/** As {@link rowMessages}, but decodes to views: of a copy, because the bytes of a frame are used again. */
export function rowViews(type: WireType): MessageCodec {
  const rows = rowsOf(type);
  return { ...rowMessages(type), decode: (bytes) => rows.view(new Uint8Array(bytes)) };
}

/** A view of a row that is made from a value. */
export function rowViewOf(type: WireType, value: unknown): unknown {
  const rows = rowsOf(type);
  return rows.view(rows.encode(value));
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
