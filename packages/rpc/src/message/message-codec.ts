import { type Codec, createCodec, type TypeCodec, type WireType } from "@aster/codec";
import type { MessageSchema, ServiceMethod } from "@aster/contract";
import type { Channel } from "@aster/transport";
import type { WireMode } from "../protocol/mode.ts";
import { RowSchemas, rowMessages } from "./row-messages.ts";

/** Encodes and decodes the messages of one type. */
export type MessageCodec = Pick<TypeCodec<unknown>, "encode" | "encodeShared" | "decode">;

/** The codecs of one method in one mode. */
export interface MethodCoding {
  readonly request: MessageCodec;
  readonly response: MessageCodec;
  /** Defined in ROW only. */
  readonly rows: RowSchemas | undefined;
}

/** The first byte of a message in profile B (docs/fory.md, "Profiles"). */
export const PROFILE_B_BYTE = 1;
/** The first byte of a message in profile A. */
export const PROFILE_A_BYTE = 2;

const codecs: Readonly<Record<Exclude<WireMode, "row">, Codec>> = {
  xlang: createCodec({ mode: "xlang" }),
  xlang1: createCodec({ mode: "xlang", profile: "B" }),
  native: createCodec({ mode: "native" }),
  json: createCodec({ mode: "json" }),
};

/**
 * Returns the codec of a wire type in one mode. Throws `CodecError` `schema` for a type without a
 * row form.
 */
export function messageCodec(type: MessageSchema, mode: WireMode): MessageCodec {
  return mode === "row" ? rowMessages(type as WireType) : codecs[mode].type(type as WireType);
}

/** Hands a message over as it is. The connection of the channel must have `passesValues`. */
export function passMessage(channel: Channel, message: unknown, end = false): boolean {
  if (channel.sendValue === undefined) {
    throw new TypeError("a connection with passesValues needs channels with sendValue");
  }
  return channel.sendValue(message, end);
}

/** Returns both codecs of a method. Throws `CodecError` `schema` for types without a row form. */
export function methodCoding(
  { request, response }: Pick<ServiceMethod, "request" | "response">,
  mode: WireMode,
): MethodCoding {
  return {
    request: messageCodec(request, mode),
    response: messageCodec(response, mode),
    rows: mode === "row" ? new RowSchemas(request as WireType, response as WireType) : undefined,
  };
}
