import { type Codec, createCodec, type TypeCodec, type WireType } from "@aster/codec";
import type { MessageSchema } from "@aster/contract";
import type { CodedMode } from "./protocol/mode.ts";

/** How the messages of one type become payloads and back. */
export type MessageCodec = Pick<TypeCodec<unknown>, "encode" | "encodeShared" | "decode">;

const codecs: Readonly<Record<CodedMode, Codec>> = {
  xlang: createCodec({ mode: "xlang" }),
  json: createCodec({ mode: "json" }),
};

/** The codec of a wire type in one mode. */
export function messageCodec(type: MessageSchema, mode: CodedMode): MessageCodec {
  return codecs[mode].type(type as WireType);
}
