import { CodecError } from "@aster/codec";
import { ErrorDetail, type ErrorType } from "@aster/contract";
import type { TransportError } from "@aster/transport";
import { errorOfStatus, RpcError } from "../error.ts";
import { attempt } from "../error-fields.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { Renewal } from "./call-target.ts";

/** The caller's signal ended the call. */
export function abortedError(signal: AbortSignal): RpcError {
  const cause: unknown = signal.reason;
  const isTimeout = attempt(() => cause instanceof Error && cause.name === "TimeoutError", false);
  if (isTimeout) return deadlineError(cause);
  return new RpcError(StatusCode.CANCELLED, "the caller cancelled the call", { cause });
}

export function deadlineError(cause?: unknown): RpcError {
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded", { cause });
}

/**
 * A response that cannot be read. It is not the caller's mistake, so INVALID_ARGUMENT becomes
 * INTERNAL.
 */
export function responseError(cause: unknown): RpcError {
  if (!(cause instanceof CodecError)) return RpcError.from(cause);
  const error = RpcError.from(cause);
  const code = error.is(StatusCode.INVALID_ARGUMENT) ? StatusCode.INTERNAL : error.code;
  return new RpcError(code, `the response cannot be read: ${error.rawMessage}`, { cause });
}

/** The server ended the stream without a trailer. A lost peer resets its streams instead. */
export function noTrailerError(): RpcError {
  return new RpcError(StatusCode.INTERNAL, "the stream ended without a status", {
    details: { reason: RpcReason.WIRE_TRAILER },
  });
}

/** The channel is lost: with its connection, or because the server reset it. */
export function lostError(error: TransportError, connection: Renewal): RpcError {
  return connection.over ? closedError() : RpcError.from(error);
}

/** A call ended because its client was closed. */
export function closedError(): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the client was closed", {
    details: { reason: RpcReason.CLIENT_CLOSED },
  });
}

export function unexpectedFrame(flags: number): RpcError {
  return new RpcError(
    StatusCode.INTERNAL,
    `the server sent an unexpected frame with flags ${flags}`,
  );
}

/** The errors that a method declares, by their tags on the wire; `undefined` for none. */
export type DeclaredErrors = ReadonlyMap<string, ErrorType> | undefined;

export function declaredErrors(errors: Readonly<Record<string, ErrorType>>): DeclaredErrors {
  const types = Object.values(errors);
  return types.length === 0 ? undefined : new Map(types.map((type) => [type.tag, type]));
}

/** Returns the error with its data, if the method declares it and the data can be read. */
export function withData(error: RpcError, declared: DeclaredErrors): RpcError {
  const type = declared?.get(error.details[ErrorDetail.TYPE] ?? "");
  const text = error.details[ErrorDetail.DATA];
  if (type === undefined || text === undefined) return error;
  const data = type.decode(text);
  if (data === undefined) return error;
  return errorOfStatus(error.code, error.rawMessage, { details: error.details, data });
}
