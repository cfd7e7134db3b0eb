import { randomBytes } from "node:crypto";
import type { MethodPattern } from "@aster/contract";
import type { TransportError } from "@aster/transport";
import { errorOfStatus, RpcError, rpcErrorIn } from "../error.ts";
import { attempt } from "../error-fields.ts";
import type { RpcLimits } from "../limits.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

// The errors with which a server refuses or ends calls, and the reports about its own failures.

/** A failure of the server's own code, for its log. The caller receives only the `errorId`. */
export interface ServerFault {
  /** 16 hex characters, which also stand in the message that the caller receives. */
  readonly errorId: string;
  /** Empty for the failure of a callback. */
  readonly service: string;
  /**
   * Empty for a failure outside a call, such as the constructor of a session instance. The name of
   * a callback that failed, such as `onAdmission`.
   */
  readonly method: string;
  /** Endpoint id of the caller. */
  readonly peer: string;
  /** The exception. */
  readonly cause: unknown;
}

/** The error that the caller receives in place of an exception. */
export interface ConcealedFault {
  readonly errorId: string;
  readonly error: RpcError;
}

/**
 * Hides an exception that is not an {@link RpcError}, because its text may contain data that is not
 * for the peer.
 */
export function concealException(code: StatusCode): ConcealedFault {
  const errorId = newErrorId();
  return { errorId, error: new RpcError(code, `internal error [${errorId}]`) };
}

/** Hides why a response cannot be encoded; `title` is the method. */
export function concealResponse(title: string): ConcealedFault {
  const errorId = newErrorId();
  const text = `the response of ${title} does not fit its type [${errorId}]`;
  return { errorId, error: new RpcError(StatusCode.INTERNAL, text) };
}

/**
 * 16 random hex characters. They identify one fault in the server's log and in the caller's error.
 */
export function newErrorId(): string {
  return randomBytes(8).toString("hex");
}

/** The error of a call or session whose stream cannot be read on. */
export function brokenInput(error: TransportError, limits: RpcLimits): RpcError {
  if (error.code === "limit") return heldTooMuch(true, limits);
  return new RpcError(StatusCode.INTERNAL, error.message, { cause: error });
}

/** The refusal of every call and session once a drain has begun. */
export function drainingError(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "draining: the server accepts no new calls", {
    details: { reason: RpcReason.DRAINING },
  });
}

/**
 * Returns what a handler or an interceptor threw, without the reason of {@link drainingError}: for
 * the client it would mean that this server has not looked at the call.
 */
export function notDraining(thrown: unknown): unknown {
  const error = attempt(() => rpcErrorIn(thrown), undefined);
  if (error?.details.reason !== RpcReason.DRAINING) return thrown;
  const { reason: _, ...details } = error.details;
  return errorOfStatus(error.code, error.rawMessage, { details, cause: error });
}

/** The admission of the peer has ended, or there was none. */
export function notAdmitted(): RpcError {
  return new RpcError(
    StatusCode.UNAUTHENTICATED,
    "not admitted: the admission of this peer has ended; request admission with a valid credential",
    { details: { reason: RpcReason.ADMISSION_LAPSED } },
  );
}

/** The limits on calls and sessions that run at a time. */
type ConcurrencyLimit =
  | "maxCalls"
  | "maxCallsPerPeer"
  | "maxCallsPerConnection"
  | "maxSessionsPerConnection"
  | "maxConcurrentStreams"
  | "maxConcurrentCalls";

/**
 * The refusal of a call or session above a limit; `running` is, for example, `3 calls of Probe`.
 */
export function exhausted(running: string, limit: ConcurrencyLimit): RpcError {
  const reason: RpcReason = `limit.${limit}`;
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `${running} are running already (${limit}); retry when one has ended`,
    { details: { reason } },
  );
}

/** The refusal of a message that does not fit into the budget of the peer, or of the server. */
export function heldTooMuch(byPeer: boolean, limits: RpcLimits): RpcError {
  const [limit, reason, holder] = byPeer
    ? (["maxHeldBytesPerPeer", RpcReason.LIMIT_HELD_BYTES_PER_PEER, "this peer"] as const)
    : (["maxHeldBytes", RpcReason.LIMIT_HELD_BYTES, "its peers"] as const);
  return new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `the server holds too many bytes for ${holder} (${limit} is ${limits[limit]}); read the answers, and retry when a call has ended`,
    { details: { reason } },
  );
}

/** The refusals of well-formed calls, which a peer may get in any number. */
const politeCodes: ReadonlySet<number> = new Set([
  StatusCode.RESOURCE_EXHAUSTED,
  StatusCode.UNAVAILABLE,
  StatusCode.UNAUTHENTICATED,
  StatusCode.PERMISSION_DENIED,
]);

/**
 * Returns whether a header was refused because no server would take it: it is malformed, names
 * something unknown, or has expired.
 */
export function isWaste(refusal: unknown): boolean {
  return !(refusal instanceof RpcError && politeCodes.has(refusal.code));
}

/** The header came, and no request. */
export function requestMissing({ headerTimeoutMs }: RpcLimits): RpcError {
  const text = `no request came within ${headerTimeoutMs} ms of the header (headerTimeoutMs)`;
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, text);
}

/** The caller cancelled the call. */
export function cancelledByCaller(cause?: TransportError): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the caller cancelled the call", { cause });
}

/**
 * The channel of a call is lost: by a reset of the caller, with its connection, or because this
 * server closes.
 */
export function callerLost(cause: TransportError, draining: boolean): RpcError {
  if (cause.code === "reset") return cancelledByCaller(cause);
  const text = draining ? "the server is closing" : "the connection to the caller is lost";
  return new RpcError(StatusCode.CANCELLED, text, { cause });
}

/** A frame that the protocol does not allow at its place. */
export function misplacedFrame(flags: number): RpcError {
  return new RpcError(StatusCode.INTERNAL, `unexpected frame with flags ${flags} inside a call`);
}

/** A message after the last one that the method takes; `title` is the method. */
export function unexpectedMessage(pattern: MethodPattern, title: string): RpcError {
  return pattern === "client_stream" || pattern === "bidi_stream"
    ? new RpcError(StatusCode.INTERNAL, "a message came after the end of the input")
    : new RpcError(StatusCode.INVALID_ARGUMENT, `${title} takes one request, not several`, {
        details: { reason: RpcReason.CARDINALITY },
      });
}

/** A client stream with more messages than `maxClientStreamItems`. */
export function tooManyItems(limit: number): RpcError {
  return new RpcError(StatusCode.RESOURCE_EXHAUSTED, `client stream exceeded ${limit} items`, {
    details: { reason: RpcReason.LIMIT_CLIENT_STREAM_ITEMS },
  });
}

/** A trailer that ends the requests of a client stream with a code other than OK. */
export function badEnd(code: number): RpcError {
  return new RpcError(StatusCode.INTERNAL, `client sent non-OK EoI trailer (code=${code})`);
}

/**
 * Checks the trailer that ends the requests. Throws INTERNAL for a client stream whose trailer is
 * not OK.
 */
export function checkEnd(payload: Uint8Array, pattern: MethodPattern, limits: RpcLimits): void {
  const status = decodeTrailer(payload, limits);
  if (status === undefined || status.cause instanceof Error) return;
  if (pattern === "client_stream") throw badEnd(status.code);
}

/** The error of a call whose deadline has passed. */
export function deadlinePassed(): RpcError {
  return new RpcError(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
}
