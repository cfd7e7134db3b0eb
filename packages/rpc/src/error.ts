import { CodecError, printable } from "@aster/codec";
import {
  ContractError,
  ErrorDetail,
  type ErrorType,
  type MessageSchema,
  type Sent,
} from "@aster/contract";
import type { RegistryError, RegistryErrorCode } from "@aster/registry";
import { TransportError, type TransportErrorCode } from "@aster/transport";
import { AdmissionError, type AdmissionErrorCode } from "@aster/trust";
import {
  attempt,
  detailTexts,
  isErrorCode,
  messageText,
  UNREADABLE,
  withBadCode,
} from "./error-fields.ts";
import { RpcReason } from "./reason.ts";
import { PUSHBACK_KEY, pushbackText } from "./retry/push-back.ts";
import { StatusCode, statusName } from "./status.ts";
import { isError } from "./value-kind.ts";

export interface RpcErrorOptions extends ErrorOptions {
  /**
   * Sent to the peer with the message: at most 32 entries. An entry above a limit is left out as a
   * whole.
   */
  readonly details?: Readonly<Record<string, string>> | undefined;
  /** The value of a declared error, which is sent in the details. {@link RpcError.of} sets both. */
  readonly data?: unknown;
  /**
   * The push-back of a server: the wait after which the client may repeat the call, at most 60 000;
   * a negative number for never. It is sent in the details as `aster-retry-pushback-ms`.
   */
  readonly retryPushbackMs?: number | undefined;
}

/** A detail has at most this many characters (`maxMetadataValueChars`). */
const MOST_DATA_CHARS = 4096;

const noDetails: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** Marks the errors of every copy of this package. */
const BRAND = Symbol.for("aster.RpcError");

/**
 * The status of a call that failed: the only error class of `@aster/rpc`.
 *
 * When a handler or an interceptor throws one, its code, message and details are sent to the caller
 * unchanged; `cause` is not sent. `instanceof` also recognises the errors of other copies of the
 * package.
 */
export class RpcError extends Error {
  override readonly name: string = "RpcError";
  /** One of {@link StatusCode} other than OK, or an unknown number that the peer sent. */
  readonly code: number;
  /**
   * The text as it was given or received, which `message` shows after the name of the code on one
   * line: with control characters as escapes, and at most 4096 characters. Escape it before you
   * print it.
   */
  readonly rawMessage: string;
  /** Machine-readable facts; `reason` is one of {@link RpcReason} or a value of the application. */
  readonly details: Readonly<Record<string, string>>;
  /**
   * The value of a declared error, whose type is found with `is()` of the `ErrorType`. `undefined`
   * for other errors.
   */
  readonly data: unknown;

  /**
   * Never throws, because errors are often made while another one is handled: a code that is not
   * the code of an error becomes UNKNOWN and is named in the message, and a message or detail that
   * is not text becomes text. An `Error` as the message is also the cause.
   */
  constructor(code: number, message: string, options?: RpcErrorOptions) {
    const known = isErrorCode(code);
    const given = messageText(message);
    const text = known ? given : withBadCode(given, code);
    const name = statusName(known ? code : StatusCode.UNKNOWN);
    super(text === "" ? name : `${name}: ${printable(text)}`, causeOf(message, options));
    this.code = known ? code : StatusCode.UNKNOWN;
    this.rawMessage = text;
    this.details = detailsOf(options);
    this.data = attempt(() => options?.data, undefined);
  }

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(RpcError, "name", { value: "RpcError" });
    Object.defineProperty(RpcError.prototype, BRAND, { value: true });
    Object.defineProperty(RpcError, Symbol.hasInstance, { value: hasInstance });
  }

  /**
   * Makes an error that a method declares, for its handler to throw. Callers with the type receive
   * `data`, other callers the code and message.
   *
   * Throws `CodecError` for data that do not fit the type, and RESOURCE_EXHAUSTED for more than
   * 4096 characters of data.
   */
  static of<S extends MessageSchema>(
    type: ErrorType<S>,
    data: Sent<S>,
    options: ErrorOptions &
      Pick<RpcErrorOptions, "retryPushbackMs"> & { readonly message?: string | undefined } = {},
  ): RpcError {
    const text = type.encode(data);
    if (text.length > MOST_DATA_CHARS) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `the data of the error ${type.tag} have ${text.length} characters; put at most ${MOST_DATA_CHARS} into it`,
        { details: { reason: RpcReason.LIMIT_ERROR } },
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
   * Converts any thrown value. An `RpcError` is returned unchanged. An abort becomes CANCELLED, a
   * timeout DEADLINE_EXCEEDED, a lost channel UNAVAILABLE, a refused admission UNAUTHENTICATED, a
   * value that cannot be encoded or decoded INVALID_ARGUMENT or CONTRACT_VIOLATION, and a bad
   * definition INVALID_ARGUMENT. Everything else is UNKNOWN. Never throws.
   */
  static from(reason: unknown): RpcError {
    try {
      return rpcErrorIn(reason) ?? converted(reason);
    } catch {
      return new RpcError(StatusCode.UNKNOWN, UNREADABLE, { cause: reason });
    }
  }
}

/**
 * Returns the `RpcError` that was thrown; `undefined` for any other value. An error of another copy
 * of the package is checked again, because that copy may allow what this one cannot send. Throws
 * the exception of an error whose fields cannot be read.
 */
export function rpcErrorIn(reason: unknown): RpcError | undefined {
  if (!(reason instanceof RpcError)) return undefined;
  if (isWellFormed(reason)) return reason;
  const { code, rawMessage, details, data } = reason;
  return new RpcError(code, rawMessage, { details, data, cause: reason });
}

/** Throws for a `Proxy` whose traps throw. */
function isWellFormed({ code, rawMessage, details }: RpcError): boolean {
  if (!Number.isSafeInteger(code) || code === StatusCode.OK) return false;
  if (typeof rawMessage !== "string" || typeof details !== "object" || details === null) {
    return false;
  }
  return Object.values(details).every((text) => typeof text === "string");
}

/** The status of a call that a peer sent, with its number also where no code has this number. */
export function errorOfStatus(code: number, message: string, options?: RpcErrorOptions): RpcError {
  if (isErrorCode(code)) return new RpcError(code, message, options);
  return Object.assign(new RpcError(StatusCode.UNKNOWN, message, options), { code });
}

function converted(reason: unknown): RpcError {
  if (isA(reason, CodecError, "CodecError")) return fromCodec(reason);
  if (isA(reason, TransportError, "TransportError")) return fromTransport(reason);
  if (isA(reason, AdmissionError, "AdmissionError")) return fromAdmission(reason);
  if (isA(reason, ContractError, "ContractError")) return fromContract(reason);
  if (isRegistryError(reason)) return fromRegistry(reason);
  if (isError(reason)) {
    return new RpcError(codeOfName(reason.name), reason.message, { cause: reason });
  }
  return new RpcError(StatusCode.UNKNOWN, String(reason), { cause: reason });
}

function detailsOf(options: RpcErrorOptions | undefined): RpcError["details"] {
  const details = attempt(() => options?.details, undefined);
  const waitMs = attempt(() => options?.retryPushbackMs, undefined);
  if (details === undefined && waitMs === undefined) return noDetails;
  const texts = detailTexts(details ?? {});
  if (waitMs !== undefined) texts[PUSHBACK_KEY] = pushbackText(waitMs);
  return texts;
}

function causeOf(message: unknown, options: ErrorOptions | undefined): ErrorOptions | undefined {
  return attempt(() => {
    if (options?.cause !== undefined) return { cause: options.cause };
    return message instanceof Error ? { cause: message } : undefined;
  }, undefined);
}

/**
 * `instanceof` of {@link RpcError}, by the brand, and of its subclasses, by the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== RpcError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}

/** Recognises an error of `type`, and by its shape one of another copy of its package. */
function isA<E extends Error>(
  reason: unknown,
  type: abstract new (...args: never[]) => E,
  name: string,
): reason is E {
  if (reason instanceof type) return true;
  return isError(reason) && reason.name === name && "code" in reason;
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

function fromContract(error: ContractError): RpcError {
  const code = error.code === "limit" ? StatusCode.RESOURCE_EXHAUSTED : StatusCode.INVALID_ARGUMENT;
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
  missing: StatusCode.NOT_FOUND,
  storage: StatusCode.FAILED_PRECONDITION,
};

/**
 * The application code with which a peer closes connections that its admission check refuses
 * (docs/wire.md, "Admission").
 */
const NOT_ADMITTED = 403;

function fromTransport(error: TransportError): RpcError {
  if (error.cause instanceof RpcError) return error.cause;
  if (error.applicationCode === NOT_ADMITTED) {
    const text = "the peer does not admit this client; present a credential that it accepts";
    return new RpcError(StatusCode.UNAUTHENTICATED, text, { cause: error });
  }
  const text = error.code === "reset" ? "stream reset by peer: " : "";
  const reason: RpcReason =
    error.code === "option" ? RpcReason.OPTION_INVALID : `transport.${error.code}`;
  return new RpcError(transportCodes[error.code], `${text}${error.message}`, {
    cause: error,
    details: { reason },
  });
}

const admissionCodes: Readonly<Record<AdmissionErrorCode, StatusCode>> = {
  denied: StatusCode.UNAUTHENTICATED,
  aborted: StatusCode.CANCELLED,
  gate: StatusCode.FAILED_PRECONDITION,
  store: StatusCode.FAILED_PRECONDITION,
  revocation: StatusCode.FAILED_PRECONDITION,
  option: StatusCode.INVALID_ARGUMENT,
  protocol: StatusCode.UNAVAILABLE,
  limit: StatusCode.UNAVAILABLE,
  timeout: StatusCode.UNAVAILABLE,
  closed: StatusCode.UNAVAILABLE,
};

function fromAdmission(error: AdmissionError): RpcError {
  const reason: RpcReason =
    error.code === "option" ? RpcReason.OPTION_INVALID : `admission.${error.code}`;
  return new RpcError(admissionCodes[error.code], error.message, {
    cause: error,
    details: { reason },
  });
}

const registryCodes: Readonly<Record<RegistryErrorCode, StatusCode>> = {
  key: StatusCode.INVALID_ARGUMENT,
  record: StatusCode.INVALID_ARGUMENT,
  option: StatusCode.INVALID_ARGUMENT,
  missing: StatusCode.NOT_FOUND,
  unavailable: StatusCode.UNAVAILABLE,
  contract: StatusCode.DATA_LOSS,
  drift: StatusCode.FAILED_PRECONDITION,
  closed: StatusCode.FAILED_PRECONDITION,
};

/** By its shape, because the package is loaded only by programs that use a registry. */
function isRegistryError(reason: unknown): reason is RegistryError {
  return isError(reason) && reason.name === "RegistryError" && "code" in reason;
}

function fromRegistry(error: RegistryError): RpcError {
  const reason: RpcReason =
    error.code === "option" ? RpcReason.OPTION_INVALID : `registry.${error.code}`;
  const code = registryCodes[error.code] ?? StatusCode.UNKNOWN;
  return new RpcError(code, error.message, { cause: error, details: { reason } });
}
