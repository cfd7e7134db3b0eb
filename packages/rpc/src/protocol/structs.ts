import { type Codec, createCodec, type TypeCodec, wireType } from "@aster/codec";
import { z } from "zod";

const own = { naming: "as-written", reserved: true } as const;

/**
 * The header of a stream (docs/wire.md, "Headers and status"). Fields are in declaration order,
 * which JSON keeps.
 */
export interface StreamHeader {
  readonly service: string;
  readonly method: string;
  readonly version: number;
  /** Any text; a client with a log sends the id of the call, other clients the empty text. */
  readonly callId: string;
  /** Unix milliseconds; 0 for none. */
  readonly deadlineEpochMs: number;
  readonly serializationMode: number;
  readonly metadataKeys: string[];
  readonly metadataValues: string[];
}

/** The header of a call inside a session (docs/wire.md, "Sessions"). */
export interface CallHeader {
  readonly method: string;
  /** Any text, as in the header of a stream. */
  readonly callId: string;
  /** Unix milliseconds; 0 for none. */
  readonly deadlineEpochMs: number;
  readonly metadataKeys: string[];
  readonly metadataValues: string[];
}

/** The status that ends a call (docs/wire.md, "Headers and status"). */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly detailKeys: string[];
  readonly detailValues: string[];
}

const text = z.string().default("");
const integer = z.int().default(0);
const texts = z.array(z.string()).default([]);

const StreamHeaderType = wireType(
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

const CallHeaderType = wireType(
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

const RpcStatusType = wireType(
  "_aster/RpcStatus",
  { code: integer, message: text, detailKeys: texts, detailValues: texts },
  own,
);

/** The two forms of headers and statuses: Fory for calls in Fory modes, JSON for calls in JSON. */
export type ProtocolForm = "fory" | "json";

const codecs: Readonly<Record<ProtocolForm, Codec>> = {
  fory: createCodec({ mode: "xlang" }),
  json: createCodec({ mode: "json" }),
};

export const headerCodecs: Readonly<Record<ProtocolForm, TypeCodec<StreamHeader>>> = {
  fory: codecs.fory.type(StreamHeaderType),
  json: codecs.json.type(StreamHeaderType),
};

export const callHeaderCodecs: Readonly<Record<ProtocolForm, TypeCodec<CallHeader>>> = {
  fory: codecs.fory.type(CallHeaderType),
  json: codecs.json.type(CallHeaderType),
};

export const statusCodecs: Readonly<Record<ProtocolForm, TypeCodec<RpcStatus>>> = {
  fory: codecs.fory.type(RpcStatusType),
  json: codecs.json.type(RpcStatusType),
};

const OPENING_BRACE = 0x7b;

/**
 * The form of a header or status, by its first byte: JSON begins with `{`, which Fory never does.
 */
export function detectForm(payload: Uint8Array): ProtocolForm {
  return payload[0] === OPENING_BRACE ? "json" : "fory";
}
