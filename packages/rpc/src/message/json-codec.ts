import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import type { MessageCodec } from "./message-codec.ts";

/** What JSON can say; integers that a number cannot hold are bigints. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** As {@link JsonValue}; bytes are sent as base64, as the JSON of wire types has them. */
export type JsonRequest =
  | JsonValue
  | Uint8Array
  | readonly JsonRequest[]
  | { readonly [key: string]: JsonRequest | undefined };

interface SourceText {
  readonly source?: string;
}

/** `JSON` of this platform, which knows more than TypeScript's library says. */
interface ExactJson {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: SourceText) => unknown,
  ): unknown;
}

const exact = JSON as unknown as ExactJson;
const integer = /^-?\d+$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function encode(value: unknown): Uint8Array {
  try {
    return encoder.encode(JSON.stringify(value ?? {}, wireForm));
  } catch (cause) {
    throw new RpcError(StatusCode.INVALID_ARGUMENT, "the request has no form in JSON", { cause });
  }
}

/** Of a part of a request. What it is called with, a `toJSON` has seen before, as Buffers have one. */
function wireForm(this: Readonly<Record<string, unknown>>, key: string, part: unknown): unknown {
  if (typeof part === "bigint") return exact.rawJSON(String(part));
  const given = this[key];
  if (!(given instanceof Uint8Array)) return part;
  return Buffer.from(given.buffer, given.byteOffset, given.length).toString("base64");
}

function decode(bytes: Uint8Array): unknown {
  try {
    return exact.parse(decoder.decode(bytes), (_, value, { source }) =>
      typeof value === "number" &&
      !Number.isSafeInteger(value) &&
      source !== undefined &&
      integer.test(source)
        ? BigInt(source)
        : value,
    );
  } catch (cause) {
    throw new RpcError(StatusCode.INTERNAL, "the response is no JSON", { cause });
  }
}

/** JSON without a type: what the peer says is what the caller gets. */
export const jsonCodec: MessageCodec = { encode, encodeShared: encode, decode };
