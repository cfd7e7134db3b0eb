import type { CallContext, MethodPattern } from "@aster/contract";
import type { EndpointId } from "@aster/transport";
import type { Metadata } from "./metadata.ts";

/** A call on its way through the interceptors. To change it pass another one on: `next({ ...call, metadata })`. */
export interface InterceptedCall {
  readonly side: "client" | "server";
  readonly service: string;
  readonly version: number;
  /** As on the wire. */
  readonly method: string;
  readonly pattern: MethodPattern;
  readonly idempotent: boolean;
  /** Endpoint id of the other side. */
  readonly peer: EndpointId;
  /** What is sent along. Changing it has an effect on the client only. */
  readonly metadata: Metadata;
  /** When the call must be over, as of `now()`; changing it has an effect on the client only. */
  readonly deadlineAt: number | undefined;
  /** Fires when the caller gives the call up, and on the server also at the deadline and when the peer is lost. */
  readonly signal: AbortSignal;
  /** The request, or an `AsyncIterable` of requests where the client streams. */
  readonly request: unknown;
  /** What the handler is given; on the server only. */
  readonly context: CallContext | undefined;
  /** Told what comes along with the status; on the client only, and only where the caller or an interceptor gave one. */
  readonly onTrailer?: ((trailer: Metadata) => void) | undefined;
}

/** The rest of the way. May be called again, for instance to retry; each call is a new attempt. */
export type Next = (call: InterceptedCall) => Promise<unknown>;

/**
 * Something around calls. It resolves with the response, or with an `AsyncIterable` of responses where the server streams,
 * and rejects with the call's error.
 *
 * The first of a list is the outermost. Order on the server: those of the server, those of the service, those of the method, the handler; on
 * the client: those of the client, those of the one `client()`, the wire. Request messages are decoded before and
 * responses encoded after them.
 */
export type Interceptor = (call: InterceptedCall, next: Next) => Promise<unknown>;

/** One `Next` for a whole list. What an interceptor throws at once rejects, as what it throws later does. */
export function chain(interceptors: readonly Interceptor[], last: Next): Next {
  return interceptors.reduceRight<Next>(
    (next, interceptor) => async (call) => interceptor(call, next),
    last,
  );
}
