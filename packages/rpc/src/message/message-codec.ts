import { type Codec, createCodec, type TypeCodec, type WireType } from "@aster/codec";
import type { MessageSchema, ServiceMethod } from "@aster/contract";
import type { Channel } from "@aster/transport";
import type { WireMode } from "../protocol/mode.ts";
import { RowSchemas, rowMessages } from "./row-messages.ts";

/** How the messages of one type become payloads and back. */
export type MessageCodec = Pick<TypeCodec<unknown>, "encode" | "encodeShared" | "decode">;

/** How one method's messages are written and read in one form. */
export interface MethodCoding {
  readonly request: MessageCodec;
  readonly response: MessageCodec;
  /** Present in ROW alone. */
  readonly rows: RowSchemas | undefined;
}

/** First byte of a message in profile B (docs/fory.md, "Profiles"). */
export const PROFILE_B_BYTE = 1;
export const PROFILE_A_BYTE = 2;

const codecs: Readonly<Record<Exclude<WireMode, "row">, Codec>> = {
  xlang: createCodec({ mode: "xlang" }),
  xlang1: createCodec({ mode: "xlang", profile: "B" }),
  native: createCodec({ mode: "native" }),
  json: createCodec({ mode: "json" }),
};

/** The codec of a wire type in one form. Throws `CodecError` `schema` for a type that has no form in rows. */
export function messageCodec(type: MessageSchema, form: WireMode): MessageCodec {
  return form === "row" ? rowMessages(type as WireType) : codecs[form].type(type as WireType);
}

/** Hands a message over as it is, on a connection that passes values. */
export function passMessage(channel: Channel, message: unknown, end = false): boolean {
  if (channel.sendValue === undefined) {
    throw new TypeError("a connection with passesValues needs channels with sendValue");
  }
  return channel.sendValue(message, end);
}

/** Both codecs of a method. Throws `CodecError` `schema` for types that have no form in rows. */
export function methodCoding(
  { request, response }: Pick<ServiceMethod, "request" | "response">,
  form: WireMode,
): MethodCoding {
  return {
    request: messageCodec(request, form),
    response: messageCodec(response, form),
    rows: form === "row" ? new RowSchemas(request as WireType, response as WireType) : undefined,
  };
}
