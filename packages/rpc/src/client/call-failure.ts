import { CodecError } from "@aster/codec";
import type { TransportError } from "@aster/transport";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import type { Renewal } from "./wire-call.ts";

/** The caller's own signal ended the call. */
export function abortedError(signal: AbortSignal): RpcError {
  const cause: unknown = signal.reason;
  if (cause instanceof Error && cause.name === "TimeoutError") return deadlineError(cause);
  return new RpcError(StatusCode.CANCELLED, "the caller cancelled the call", { cause });
}

export function deadlineError(cause?: Error): RpcError {
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded", { cause });
}

/** A response that we cannot take: nothing the caller did. */
export function responseError(cause: unknown): RpcError {
  if (!(cause instanceof CodecError)) return RpcError.from(cause);
  const error = RpcError.from(cause);
  const code = error.is(StatusCode.INVALID_ARGUMENT) ? StatusCode.INTERNAL : error.code;
  return new RpcError(code, `the response cannot be read: ${error.rawMessage}`, { cause });
}

/** The channel ended and no trailer said how the call did: a peer that is lost does not end its streams. */
export function noTrailerError(): RpcError {
  return new RpcError(StatusCode.INTERNAL, "the stream ended without a status", {
    details: { reason: "wire.trailer" },
  });
}

/** The channel is lost: with its connection, or because the server reset it. */
export function lostError(error: TransportError, connection: Renewal): RpcError {
  return connection.over ? closedError() : RpcError.from(error);
}

/** A call ended because its client was closed. */
export function closedError(): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the client was closed", {
    details: { reason: "client.closed" },
  });
}

export function unexpectedFrame(flags: number): RpcError {
  return new RpcError(
    StatusCode.INTERNAL,
    `the server sent an unexpected frame with flags ${flags}`,
  );
}
