import { currentDeadlineAt } from "../context.ts";
import { chain, type InterceptedCall, type Interceptor } from "../interceptor.ts";
import { checkMetadata, Metadata } from "../metadata.ts";
import { now } from "../time/clock.ts";
import { checkTimeout } from "../time/deadline.ts";
import type { Attempt } from "./attempt.ts";
import type { BoundMethod } from "./bound-method.ts";
import type { CallOptions } from "./call-options.ts";
import { DeferredStream } from "./deferred-stream.ts";
import { ResponseStreamCall } from "./response-stream-call.ts";
import { SingleResponseCall } from "./single-response-call.ts";
import type { CallRoom } from "./wire-call.ts";

/** A method of a client, before it is given its types. */
export type AnyClientMethod = (request: unknown, options?: CallOptions) => unknown;

export interface ClientMethodOptions {
  readonly interceptors: readonly Interceptor[];
  /** For calls that have no timeout of their own, nor by their method. */
  readonly timeoutMs: number | undefined;
}

const never = Number.POSITIVE_INFINITY;

/** The function that calls one method. What goes wrong before the first frame rejects, or ends the stream. */
export function clientMethod(
  room: CallRoom,
  bound: BoundMethod,
  { interceptors, timeoutMs }: ClientMethodOptions,
): AnyClientMethod {
  const usualTimeoutMs = bound.method.timeoutMs ?? timeoutMs;
  const streams =
    bound.method.pattern === "server_stream" || bound.method.pattern === "bidi_stream";
  const start = (request: unknown, attempt: Attempt): unknown =>
    streams
      ? new ResponseStreamCall(room, bound).start(request, attempt)
      : new SingleResponseCall(room, bound).start(request, attempt);
  const run = interceptors.length === 0 ? start : intercepted(room, bound, interceptors, start);
  return (request, options) => {
    let attempt: Attempt;
    try {
      attempt = attemptFor(room, usualTimeoutMs, options);
    } catch (error) {
      const failure = Promise.reject(error);
      return streams ? new DeferredStream(failure) : failure;
    }
    const result = run(request, attempt);
    return streams && result instanceof Promise ? new DeferredStream(result) : result;
  };
}

const plain: Attempt = {
  metadata: Metadata.empty,
  deadlineAt: never,
  signal: undefined,
  onTrailer: undefined,
};

function attemptFor(
  room: CallRoom,
  usualTimeoutMs: number | undefined,
  options: CallOptions | undefined,
): Attempt {
  if (options === undefined) {
    const deadlineAt = deadlineAfter(usualTimeoutMs, true);
    return deadlineAt === never ? plain : { ...plain, deadlineAt };
  }
  checkTimeout(options.timeoutMs);
  const metadata = Metadata.from(options.metadata);
  checkMetadata(metadata, room.limits);
  const timeoutMs = options.timeoutMs ?? usualTimeoutMs;
  return {
    metadata,
    deadlineAt: deadlineAfter(timeoutMs, options.inheritDeadline ?? true),
    signal: options.signal,
    onTrailer: options.onTrailer,
  };
}

function deadlineAfter(timeoutMs: number | undefined, inherits: boolean): number {
  const own = timeoutMs === undefined ? never : now() + timeoutMs;
  return inherits ? Math.min(own, currentDeadlineAt()) : own;
}

type Start = (request: unknown, attempt: Attempt) => unknown;

function intercepted(
  room: CallRoom,
  bound: BoundMethod,
  interceptors: readonly Interceptor[],
  start: Start,
): Start {
  const { service, version, method } = bound;
  const run = chain(interceptors, async (call) => {
    const { request, deadlineAt = never, signal, onTrailer } = call;
    const metadata = Metadata.from(call.metadata);
    checkMetadata(metadata, room.limits);
    return start(request, { metadata, deadlineAt, signal, onTrailer });
  });
  return (request, { metadata, deadlineAt, signal, onTrailer }) => {
    const call: InterceptedCall = {
      side: "client",
      service,
      version,
      method: method.name,
      pattern: method.pattern,
      idempotent: method.idempotent,
      peer: room.connection.peer,
      metadata,
      deadlineAt: deadlineAt === never ? undefined : deadlineAt,
      signal: signal ?? new AbortController().signal,
      request,
      context: undefined,
      onTrailer: onTrailer && ((trailer) => onTrailer(Metadata.from(trailer))),
    };
    return run(call);
  };
}
