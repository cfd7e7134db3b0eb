import { type CodecError, createCodec, type WireType, wireTypeInfo } from "@aster/codec";
import type { $ZodObject } from "zod/v4/core";
import { ContractError } from "./error.ts";
import type { MessageSchema, Received, Sent } from "./message.ts";

/** The status details that hold a declared error (docs/wire.md, "Headers and status"). */
export const ErrorDetail = { TYPE: "aster-error-type", DATA: "aster-error-data" } as const;

/** FAILED_PRECONDITION, because most declared errors mean "not in this state". */
const DEFAULT_CODE = 9;
const HIGHEST_GRPC_CODE = 16;
const CONTRACT_VIOLATION = 101;
/** The longest message that a status carries (docs/wire.md, "Limits"). */
const LONGEST_MESSAGE = 4096;

export interface ErrorTypeOptions {
  /** The status code, for callers that do not have the type. Default: FAILED_PRECONDITION. */
  readonly code?: number | undefined;
  /** The message of errors that are made without one. Default: the name of the wire type. */
  readonly message?: string | undefined;
}

/** A declared error, caught by a caller. `@aster/rpc` implements it with `RpcError`. */
export interface TypedError<T> extends Error {
  readonly code: number;
  readonly details: Readonly<Record<string, string>>;
  readonly data: T;
}

/** An error that methods declare: the wire type of its data, and the status that carries it. */
export interface ErrorType<S extends MessageSchema = MessageSchema> {
  readonly kind: "error";
  readonly type: S;
  /** The tag of the wire type. */
  readonly tag: string;
  readonly code: number;
  readonly message: string;
  /** Returns `true` for a caught error of this type whose data could be read. */
  is(error: unknown): error is TypedError<Received<S>>;
  /** The JSON text of the data. Throws `CodecError` for a value that does not fit the type. */
  encode(data: Sent<S>): string;
  /** The data in a JSON text; `undefined` for text that does not fit the type. */
  decode(text: string): Received<S> | undefined;
}

/** The errors in the options of a method, by the name that handlers throw them under. */
export type MethodErrors = Readonly<Record<string, $ZodObject | ErrorType>>;

/** The errors of a method that declares none. */
export type NoErrors = Readonly<Record<never, never>>;

/** The errors of a method, by the name that handlers throw them under. */
export type ErrorTypes = Readonly<Record<string, ErrorType>>;

/** The error types of some {@link MethodErrors}. */
export type ErrorTypesOf<E> = {
  readonly [K in keyof E]: E[K] extends ErrorType<infer S>
    ? ErrorType<S>
    : E[K] extends MessageSchema
      ? ErrorType<E[K]>
      : never;
};

const json = createCodec({ mode: "json" });
const tagOf = Object.prototype.toString;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Defines an error for the `errors` of methods, with its own code and message.
 *
 * Throws {@link ContractError}: `type` for a schema that is not a wire type, `option` for a code
 * that is not an error code, `limit` for a message of more than 4096 characters.
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
  checkStatus(info.tag, code, message);
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

function checkStatus(tag: string, code: number, message: string): void {
  const isGrpcError = Number.isInteger(code) && code >= 1 && code <= HIGHEST_GRPC_CODE;
  if (!isGrpcError && code !== CONTRACT_VIOLATION) {
    throw new ContractError(
      "option",
      `${tag}: ${code} is not the status code of an error; use a StatusCode other than OK`,
    );
  }
  if (message.length > LONGEST_MESSAGE) {
    throw new ContractError(
      "limit",
      `${tag}: the message has ${message.length} characters; use at most ${LONGEST_MESSAGE}`,
    );
  }
}

/** Compares the shape, so that it accepts errors of another copy of the packages. */
function carries(error: unknown, tag: string): boolean {
  // the second test accepts errors of another realm
  const isError = error instanceof Error || tagOf.call(error) === "[object Error]";
  if (!isError) return false;
  const { data, details } = error as Partial<TypedError<unknown>>;
  return data !== undefined && details?.[ErrorDetail.TYPE] === tag;
}

/** The error types in the options of a method. `place` begins the error text. */
export function errorTypesOf(errors: MethodErrors | undefined, place: string): ErrorTypes {
  const types: Record<string, ErrorType> = Object.create(null);
  const names = new Map<string, string>();
  for (const [name, error] of Object.entries(errors ?? {})) {
    const type = (error as Partial<ErrorType>).kind === "error" ? (error as ErrorType) : undefined;
    const declared = type ?? errorType(error as $ZodObject);
    const other = names.get(declared.tag);
    if (other !== undefined) {
      throw new ContractError(
        "tag",
        `${place}: the errors ${other} and ${name} are both ${declared.tag}; ` +
          "give one of them another type",
      );
    }
    names.set(declared.tag, name);
    types[name] = declared;
  }
  return Object.freeze(types);
}
