import { type CodecError, createCodec, type WireType, wireTypeInfo } from "@aster/codec";
import type { $ZodObject } from "zod/v4/core";
import { ContractError } from "./error.ts";
import type { MessageSchema, Received, Sent } from "./message.ts";

/** Details of a status that carry a declared error (docs/wire.md, "Headers and status"). */
export const ErrorDetail = { TYPE: "aster-error-type", DATA: "aster-error-data" } as const;

/** FAILED_PRECONDITION: what gRPC has for "not in this state", which most declared errors say. */
const DEFAULT_CODE = 9;
const CONTRACT_VIOLATION = 101;
const LONGEST_MESSAGE = 4096;

export interface ErrorTypeOptions {
  /** A status code, for callers that do not know the type. Default FAILED_PRECONDITION. */
  readonly code?: number;
  /** The message, unless the thrower gives another. Default: the name of the wire type. */
  readonly message?: string;
}

/** An error as the caller of a method has it that declares it. An `RpcError` of `@aster/rpc` is one. */
export interface TypedError<T> extends Error {
  readonly code: number;
  readonly details: Readonly<Record<string, string>>;
  readonly data: T;
}

/** An error that methods declare: a wire type for its data, and the status it travels as. */
export interface ErrorType<S extends MessageSchema = MessageSchema> {
  readonly kind: "error";
  readonly type: S;
  /** Of the wire type. */
  readonly tag: string;
  readonly code: number;
  readonly message: string;
  /** Whether a caught error is of this type and carries data that could be read. */
  is(error: unknown): error is TypedError<Received<S>>;
  /** The data as it travels in a detail. Throws `CodecError` for a value that does not fit the type. */
  encode(data: Sent<S>): string;
  /** The data of a detail; `undefined` for text that does not fit the type. */
  decode(text: string): Received<S> | undefined;
}

/** What a method may be given as its errors, by the name they are thrown under. */
export type MethodErrors = Readonly<Record<string, $ZodObject | ErrorType>>;

/** The errors of a method that declares none. */
export type NoErrors = Readonly<Record<never, never>>;

/** The errors of a method, by the name they are thrown under. */
export type ErrorTypes = Readonly<Record<string, ErrorType>>;

/** What {@link MethodErrors} stand for. */
export type ErrorTypesOf<E> = {
  readonly [K in keyof E]: E[K] extends ErrorType<infer S>
    ? ErrorType<S>
    : E[K] extends MessageSchema
      ? ErrorType<E[K]>
      : never;
};

const json = createCodec({ mode: "json" });
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An error type with a code and a message of its own, for the `errors` of a method.
 *
 * Throws {@link ContractError}: `type` for a schema that is no wire type, `option` for a code that is no error's.
 */
export function errorType<S extends $ZodObject>(
  type: S,
  options: ErrorTypeOptions = {},
): ErrorType<S> {
  const info = wireTypeInfo(type);
  if (info === undefined) {
    throw new ContractError(
      "type",
      'the data of an error must be a wire type: wireType("namespace/TypeName", { …fields })',
    );
  }
  const { code = DEFAULT_CODE, message = info.name } = options;
  if (!(Number.isInteger(code) && ((code >= 1 && code <= 16) || code === CONTRACT_VIOLATION))) {
    throw new ContractError(
      "option",
      `${info.tag}: ${code} is no status code of an error; use one of StatusCode other than OK`,
    );
  }
  if (message.length > LONGEST_MESSAGE) {
    throw new ContractError(
      "limit",
      `${info.tag}: the message has over ${LONGEST_MESSAGE} characters`,
    );
  }
  const codec = json.type(type as unknown as WireType);
  return Object.freeze<ErrorType<S>>({
    kind: "error",
    type,
    tag: info.tag,
    code,
    message,
    is: (error): error is TypedError<Received<S>> => carries(error, info.tag),
    encode: (data) => decoder.decode(codec.encode(data as never)),
    decode: (text) => {
      try {
        return codec.decode(encoder.encode(text)) as Received<S>;
      } catch (error) {
        if ((error as CodecError).name === "CodecError") return undefined;
        throw error;
      }
    },
  });
}

/** By shape, so that errors of another copy of the packages count. */
function carries(error: unknown, tag: string): boolean {
  if (!(error instanceof Error)) return false;
  const { data, details } = error as Partial<TypedError<unknown>>;
  return data !== undefined && details?.[ErrorDetail.TYPE] === tag;
}

/** Settles what a method was given as its errors; `place` begins the error text. */
export function errorTypesOf(errors: MethodErrors | undefined, place: string): ErrorTypes {
  const types: Record<string, ErrorType> = Object.create(null);
  const names = new Map<string, string>();
  for (const [name, error] of Object.entries(errors ?? {})) {
    const type = (error as Partial<ErrorType>).kind === "error" ? (error as ErrorType) : undefined;
    const settled = type ?? errorType(error as $ZodObject);
    const other = names.get(settled.tag);
    if (other !== undefined) {
      throw new ContractError(
        "tag",
        `${place}: the errors ${other} and ${name} are both ${settled.tag}; give one another type`,
      );
    }
    names.set(settled.tag, name);
    types[name] = settled;
  }
  return Object.freeze(types);
}
