import { CodecError } from "@aster/codec";
import { ErrorDetail, type ErrorType } from "@aster/contract";
import type { TransportError } from "@aster/transport";
import { errorOfStatus, RpcError } from "../error.ts";
import { attempt } from "../error-fields.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { isError } from "../value-kind.ts";
import type { Renewal } from "./call-target.ts";

/** Errors that a call guard gives to its signal as the reason. */
const endings = new WeakSet<object>();

/** Marks an error as the end of the call whose signal has it as its reason. */
export function asEnding(error: RpcError): RpcError {
  endings.add(error);
  return error;
}

/** The signal of a call ended it: the caller's, or that of a call guard. */
export function abortedError(signal: AbortSignal): RpcError {
  const cause: unknown = signal.reason;
  if (cause instanceof RpcError && endings.has(cause)) return cause;
  const isTimeout = attempt(() => isError(cause) && cause.name === "TimeoutError", false);
  if (isTimeout) return deadlineError({ cause: cause as Error });
  return new RpcError(StatusCode.CANCELLED, "the caller cancelled the call", { cause });
}

/** The object of a wait, for an error text: `while connecting to 5bb3ff59…`. */
export interface Wait {
  readonly place?: string;
  readonly cause?: Error | undefined;
}

/** The characters of an endpoint id that error texts show. */
const PEER_CHARS = 8;

/** The wait for a connection, after the error that ended the last one or the last attempt. */
export function connectionWait(peer: string, cause: RpcError | undefined): Wait {
  const failure = cause === undefined ? "" : `: ${cause.message}`;
  return { place: `while connecting to ${peer.slice(0, PEER_CHARS)}…${failure}`, cause };
}

/** The wait for the comparison of contracts before the first call of a changed method. */
export function comparisonWait(peer: string): Wait {
  return { place: `while comparing contracts with ${peer.slice(0, PEER_CHARS)}…` };
}

export function deadlineError({ place = "", cause }: Wait = {}): RpcError {
  const text = `deadline exceeded${place && ` ${place}`}`;
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, text, { cause });
}

/** The reader of a stream left it early. */
export function leftError(): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the reader left before the end of the stream");
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

/** The caller passed one request, or something else, in place of a stream of requests. */
export function noStreamError(called: {
  readonly service: string;
  readonly method: { readonly name: string };
}): RpcError {
  const title = `${called.service}.${called.method.name}`;
  return new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `${title} takes a stream of requests; pass a list or an async iterable of them, for one request [request]`,
    { details: { reason: RpcReason.CARDINALITY } },
  );
}

/** The server ended the stream without a trailer. A lost peer resets its streams instead. */
export function noTrailerError(): RpcError {
  return new RpcError(StatusCode.INTERNAL, "the stream ended without a status", {
    details: { reason: RpcReason.WIRE_TRAILER },
  });
}

/** The channel is lost: with its connection, or because the server reset it. */
export function lostError(error: TransportError, connection: Renewal): RpcError {
  return connection.over ? closedError() : ownError(RpcError.from(error));
}

/** Returns a copy of an error that ends several calls, because each call sets its stack. */
export function ownError({ code, rawMessage, cause, details, data }: RpcError): RpcError {
  return errorOfStatus(code, rawMessage, { cause, details, data });
}

/** A call ended because its client was closed. */
export function closedError(): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the client was closed", {
    details: { reason: RpcReason.CLIENT_CLOSED },
  });
}

/** The peer is draining, and no other peer has taken its place. */
export function peerDrainingError(cause: RpcError): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "draining: the peer takes no more calls", {
    cause,
    details: { reason: RpcReason.DRAINING },
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
