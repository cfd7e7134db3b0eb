import { CodecError } from "@aster/codec";
import type { MessageSchema } from "@aster/contract";
import { ErrorDetail, type ErrorType, type Sent } from "@aster/contract";
import { TransportError, type TransportErrorCode } from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import { StatusCode, statusName } from "./status.ts";

export interface RpcErrorOptions extends ErrorOptions {
  /** Travels to the peer beside the message: at most 32 entries, of which those over a bound are left out whole. */
  readonly details?: Readonly<Record<string, string>>;
  /** The value of a declared error, which travels in the details; {@link RpcError.of} fills in both. */
  readonly data?: unknown;
}

const LONGEST_DATA = 4096;

const noDetails: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/**
 * How a call ended when it did not end well: the one error class of `@aster/rpc`.
 *
 * Thrown by a handler or an interceptor, code, message and details go to the caller as they are; `cause` stays here.
 */
export class RpcError extends Error {
  override readonly name = "RpcError";
  /** One of {@link StatusCode}, or the number a peer sent that we do not know. */
  readonly code: number;
  /** The message without the name of the code in front. */
  readonly rawMessage: string;
  readonly details: Readonly<Record<string, string>>;
  /** What a declared error carries; its `is()` says of which type it is. `undefined` in all others. */
  readonly data: unknown;

  constructor(code: number, message: string, options?: RpcErrorOptions) {
    super(message === "" ? statusName(code) : `${statusName(code)}: ${message}`, options);
    this.code = code;
    this.rawMessage = message;
    this.details = options?.details ?? noDetails;
    this.data = options?.data;
  }

  /**
   * An error that a method declares, for its handler to throw: callers that know the type get `data`, the others code and
   * message.
   *
   * Throws `CodecError` for data that does not fit the type, and RESOURCE_EXHAUSTED for more than 4096 characters of it.
   */
  static of<S extends MessageSchema>(
    type: ErrorType<S>,
    data: Sent<S>,
    options: ErrorOptions & { readonly message?: string } = {},
  ): RpcError {
    const text = type.encode(data);
    if (text.length > LONGEST_DATA) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `the data of the error ${type.tag} has ${text.length} characters, at most ${LONGEST_DATA} travel`,
        { details: { reason: "limit.error" } },
      );
    }
    const { message = type.message, ...cause } = options;
    const details = { [ErrorDetail.TYPE]: type.tag, [ErrorDetail.DATA]: text };
    return new RpcError(type.code, message, { ...cause, details, data });
  }

  is(code: StatusCode): boolean {
    return this.code === code;
  }

  /**
   * Makes an `RpcError` of whatever was thrown. An abort becomes CANCELLED, a timeout DEADLINE_EXCEEDED, a lost channel
   * UNAVAILABLE, a refused admission UNAUTHENTICATED, a value that cannot be coded INVALID_ARGUMENT or CONTRACT_VIOLATION;
   * the rest is UNKNOWN.
   */
  static from(reason: unknown): RpcError {
    if (reason instanceof RpcError) return reason;
    if (reason instanceof CodecError) return fromCodec(reason);
    if (reason instanceof TransportError) return fromTransport(reason);
    if (reason instanceof AdmissionError) return fromAdmission(reason);
    if (reason instanceof Error) {
      return new RpcError(codeOfName(reason.name), reason.message, { cause: reason });
    }
    return new RpcError(StatusCode.UNKNOWN, describe(reason), { cause: reason });
  }
}

function codeOfName(name: string): StatusCode {
  if (name === "AbortError") return StatusCode.CANCELLED;
  if (name === "TimeoutError") return StatusCode.DEADLINE_EXCEEDED;
  return StatusCode.UNKNOWN;
}

function fromCodec(error: CodecError): RpcError {
  const code =
    error.code === "mismatch"
      ? StatusCode.CONTRACT_VIOLATION
      : error.code === "limit"
        ? StatusCode.RESOURCE_EXHAUSTED
        : StatusCode.INVALID_ARGUMENT;
  return new RpcError(code, error.message, { cause: error });
}

const transportCodes: Readonly<Record<TransportErrorCode, StatusCode>> = {
  option: StatusCode.INVALID_ARGUMENT,
  address: StatusCode.INVALID_ARGUMENT,
  bind: StatusCode.FAILED_PRECONDITION,
  native: StatusCode.FAILED_PRECONDITION,
  frame: StatusCode.INTERNAL,
  limit: StatusCode.RESOURCE_EXHAUSTED,
  connect: StatusCode.UNAVAILABLE,
  timeout: StatusCode.UNAVAILABLE,
  closed: StatusCode.UNAVAILABLE,
  reset: StatusCode.UNAVAILABLE,
};

/** What a connection is closed with that Gate 0 does not let in (docs/wire.md, "Admission"). */
const NOT_ADMITTED = 403;

function fromTransport(error: TransportError): RpcError {
  if (error.cause instanceof RpcError) return error.cause;
  if (error.applicationCode === NOT_ADMITTED) {
    return new RpcError(StatusCode.UNAUTHENTICATED, "the peer does not admit us", { cause: error });
  }
  const text = error.code === "reset" ? "stream reset by peer: " : "";
  return new RpcError(transportCodes[error.code], `${text}${error.message}`, {
    cause: error,
    details: { reason: `transport.${error.code}` },
  });
}

function fromAdmission(error: AdmissionError): RpcError {
  const code =
    error.code === "denied"
      ? StatusCode.UNAUTHENTICATED
      : error.code === "aborted"
        ? StatusCode.CANCELLED
        : error.code === "gate"
          ? StatusCode.FAILED_PRECONDITION
          : StatusCode.UNAVAILABLE;
  return new RpcError(code, error.message, {
    cause: error,
    details: { reason: `admission.${error.code}` },
  });
}

/** `String` runs the value's own code, which may throw. */
function describe(reason: unknown): string {
  try {
    return String(reason);
  } catch {
    return "a value that cannot be shown";
  }
}
