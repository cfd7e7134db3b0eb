import { RpcError } from "./error.ts";
import type { MessageCodec } from "./message-codec.ts";
import { StatusCode } from "./status.ts";

/** What JSON can say; integers that a number cannot hold are bigints. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

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
    const text = JSON.stringify(value ?? {}, (_, part: unknown) =>
      typeof part === "bigint" ? exact.rawJSON(String(part)) : part,
    );
    return encoder.encode(text);
  } catch (cause) {
    throw new RpcError(StatusCode.INVALID_ARGUMENT, "the request has no form in JSON", { cause });
  }
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
