import { createCodec, wireType } from "@aster/codec";
import { z } from "zod";

// The structs of the protocol, written from docs/wire.md rather than taken from the library under
// test.

const own = { naming: "as-written", reserved: true } as const;
const text = z.string().default("");
const integer = z.int().default(0);
const texts = z.array(z.string()).default(() => []);

const StreamHeader = wireType(
  "_aster/StreamHeader",
  {
    service: text,
    method: text,
    version: integer,
    callId: text,
    deadlineEpochMs: integer,
    serializationMode: integer,
    metadataKeys: texts,
    metadataValues: texts,
  },
  own,
);
export type StreamHeader = z.output<typeof StreamHeader>;

const CallHeader = wireType(
  "_aster/CallHeader",
  {
    method: text,
    callId: text,
    deadlineEpochMs: integer,
    metadataKeys: texts,
    metadataValues: texts,
  },
  own,
);
export type CallHeader = z.output<typeof CallHeader>;

const RpcStatus = wireType(
  "_aster/RpcStatus",
  { code: integer, message: text, detailKeys: texts, detailValues: texts },
  own,
);
export type RpcStatus = z.output<typeof RpcStatus>;

export type Mode = "xlang" | "json";

export const codecs = {
  xlang: createCodec({ mode: "xlang" }),
  json: createCodec({ mode: "json" }),
};

export const headers = {
  xlang: codecs.xlang.type(StreamHeader),
  json: codecs.json.type(StreamHeader),
};

export const callHeaders = {
  xlang: codecs.xlang.type(CallHeader),
  json: codecs.json.type(CallHeader),
};

export const statuses = {
  xlang: codecs.xlang.type(RpcStatus),
  json: codecs.json.type(RpcStatus),
};

/** Reads a status in XLANG or JSON. */
export function readStatus(payload: Uint8Array): RpcStatus {
  // JSON begins with an opening brace
  return payload[0] === 0x7b ? statuses.json.decode(payload) : statuses.xlang.decode(payload);
}
