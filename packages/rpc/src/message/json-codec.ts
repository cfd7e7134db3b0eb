import { createCodec } from "@aster/codec";
import { z } from "zod";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import { hasJsonForm, isBytes } from "../value-kind.ts";
import type { MessageCodec } from "./message-codec.ts";

/** A JSON value. Integers that a number cannot represent are bigints. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A {@link JsonValue}, or bytes, which are sent as base64 as in the JSON of wire types. */
export type JsonRequest =
  | JsonValue
  | Uint8Array
  | readonly JsonRequest[]
  | { readonly [key: string]: JsonRequest | undefined };

/** The `JSON` of Node.js, with a member that the library of TypeScript lacks. */
interface ExactJson {
  rawJSON(text: string): unknown;
}

const exact = JSON as unknown as ExactJson;
const encoder = new TextEncoder();
/** Bounds the depth, the digits and the entries of what the peer sends. */
const anyJson = createCodec({ mode: "json" }).type(z.unknown());

function encode(value: unknown): Uint8Array {
  try {
    return encoder.encode(JSON.stringify(value ?? {}, wireForm));
  } catch (cause) {
    const why = cause instanceof RpcError ? `: ${cause.rawMessage}` : "";
    throw new RpcError(StatusCode.INVALID_ARGUMENT, `the request cannot be written as JSON${why}`, {
      cause,
    });
  }
}

/**
 * Returns the wire form of a part of a request. `part` is the result of `toJSON`, which Buffers
 * have; `this` holds the original.
 */
function wireForm(this: Readonly<Record<string, unknown>>, key: string, part: unknown): unknown {
  if (typeof part === "bigint") return exact.rawJSON(String(part));
  if (typeof part === "number" && !Number.isFinite(part)) {
    throw noForm(`${key === "" ? "it" : key} is ${part}`);
  }
  const given = this[key];
  if (typeof given !== "object" || given === null) return part;
  if (!isBytes(given)) {
    if (hasJsonForm(given)) return part;
    const kind = Object.prototype.toString.call(given).slice("[object ".length, -1);
    throw noForm(`${key === "" ? "it" : key} is a ${kind}`);
  }
  return Buffer.from(given.buffer, given.byteOffset, given.length).toString("base64");
}

function noForm(what: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, what);
}

/** JSON without a type: the caller gets what the peer sent. */
export const jsonCodec: MessageCodec = {
  encode,
  encodeShared: encode,
  decode: (bytes) => anyJson.decode(bytes),
};
