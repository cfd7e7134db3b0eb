import type { CallContext, CallMetadata } from "./call-context.ts";
import type { CompressionSetting } from "./compression-setting.ts";
import type { MethodPattern } from "./message.ts";

/**
 * A call on its way through the interceptors. An interceptor changes it by passing on another one:
 * `next({ ...call, metadata })`.
 */
export interface InterceptedCall {
  readonly side: "client" | "server";
  readonly service: string;
  readonly version: number;
  /** The name on the wire. */
  readonly method: string;
  readonly pattern: MethodPattern;
  readonly idempotent: boolean;
  /** The call is one of a session. */
  readonly inSession: boolean;
  /** 1 for the first attempt. An interceptor that repeats a call passes on the next number. */
  readonly attempt: number;
  /**
   * On a client that finds its peer in a registry, sends this attempt to another producer, if the
   * client has a connection to one. `hedge` sets it. Default: false.
   */
  readonly elsewhere?: boolean | undefined;
  /** Endpoint id of the other side, 64 lower-case hex characters. */
  readonly peer: string;
  /** On a server, the roles that the caller's credential attests; empty on a client. */
  readonly roles: ReadonlySet<string>;
  /** Sent with the request. On a server, a change is what the handler finds in its context. */
  readonly metadata: CallMetadata;
  /**
   * The time by which the call must end, on the clock of `now()` in `@aster/rpc`; `undefined` for
   * no deadline. An interceptor can pass on an earlier one, which bounds the call from then on, or
   * the handler on a server. It cannot extend the deadline of the caller.
   */
  readonly deadlineAt: number | undefined;
  /**
   * Fires when the caller cancels the call and at its deadline; on the client also when the client
   * is closed, and on the server when the connection to the peer is lost. Pass it to everything
   * that an interceptor waits for: the call ends then, whether or not the interceptor returns.
   */
  readonly signal: AbortSignal;
  /** The request, or an `AsyncIterable` of requests if the client streams. */
  readonly request: unknown;
  /** The second argument of the handler; `undefined` on the client. */
  readonly context: CallContext | undefined;
  /**
   * On a server, the values that interceptors add to the context of the handler. An interceptor
   * adds some with `next({ ...call, values: { ...call.values, user } })`. A call whose values have
   * the name of a member that every context has ends with an error.
   */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The compression of the messages that this side of the call sends. On the client a change has no
   * effect if the caller has set it. Default: that of the method, of the service, or of the client
   * or server.
   */
  readonly compression?: CompressionSetting | undefined;
  /**
   * Receives the metadata that the server sends with the status. Set on the client only, and only
   * if the caller or an outer interceptor set it.
   */
  readonly onTrailer?: ((trailer: CallMetadata) => void) | undefined;
}

/**
 * Runs the inner interceptors and the call itself. An interceptor may call it more than once, for
 * instance to retry; each call is a new attempt.
 */
export type Next = (call: InterceptedCall) => Promise<unknown>;

/**
 * A function around calls. It resolves with the response, or with an `AsyncIterable` of responses
 * if the server streams, and rejects with the error of the call.
 *
 * The first interceptor of a list is the outermost. Order on the server: those of the server, of
 * the service, of the method, then the handler. Order on the client: those of the client, of the
 * one `client()`, of the one call, then the wire. Requests are decoded before the interceptors of a
 * server run, and responses are encoded after them.
 */
export type Interceptor = (call: InterceptedCall, next: Next) => Promise<unknown>;

/**
 * An interceptor that adds values to the context of handlers. `addContext` of
 * `@aster/rpc/interceptor` makes one.
 */
export interface ContextInterceptor<V = unknown> extends Interceptor {
  /** The names of the values. */
  readonly adds: readonly string[];
  /** Never set: for the compiler only. */
  "~adds"?(): V;
}
