// The path of a client call. `clientMethod` makes the function that users call. For each call it
// finds the mode, turns the options into a setup (deadline, metadata, signal) and runs the
// interceptors. Then one of the four patterns below creates the call, which opens a channel and
// sends and receives the frames (wire-call.ts).
import type { Interceptor, MethodPattern, SerializationMode } from "@aster/contract";
import type { Channel } from "@aster/transport";
import { atCall, isAtCall, rejection } from "../call-stack.ts";
import { RpcError, type RpcErrorOptions } from "../error.ts";
import { methodInterceptors } from "../hooks/call-hooks.ts";
import { checkInterceptors } from "../interceptor-chain.ts";
import type { MessageSource } from "../message/message-pump.ts";
import { RpcReason } from "../reason.ts";
import { isRepeating, repeatsCalls } from "../retry/repeating.ts";
import { StatusCode } from "../status.ts";
import type { BoundMethod } from "./bound-method.ts";
import { leftError } from "./call-failure.ts";
import { type CallOptions, type CallSetup, callSetup } from "./call-options.ts";
import { CallResponses } from "./call-responses.ts";
import type { CallTarget } from "./call-target.ts";
import { hookedStart } from "./hooked-start.ts";
import { interceptedStart, type Start } from "./intercepted-start.ts";
import { withOpen } from "./pushed-call.ts";
import { FailedStream, type ResponseStream } from "./response-stream.ts";
import { type Failure, WireCall } from "./wire-call.ts";

/** A method of a client without its types. */
export type AnyClientMethod = (request: unknown, options?: CallOptions) => unknown;

export interface ClientMethodOptions {
  readonly interceptors: readonly Interceptor[];
  /** For calls without a timeout of their own or of their method. */
  readonly timeoutMs: number | undefined;
}

/**
 * Binds a method to a mode, `undefined` for the usual one. An error that it throws ends the call.
 */
export type BindMode = (mode: SerializationMode | undefined) => BoundMethod;

/**
 * Returns the function that calls one method. It never throws: an error before the first frame
 * rejects the promise or ends the stream that it returns. `bind` runs once per mode. A method with
 * a stream of requests has the function `open`, to push them.
 */
export function clientMethod(
  target: CallTarget,
  pattern: MethodPattern,
  bind: BindMode,
  options: ClientMethodOptions,
): AnyClientMethod {
  const streams = pattern === "server_stream" || pattern === "bidi_stream";
  let usual: AnyClientMethod | undefined;
  const others = new Map<SerializationMode, AnyClientMethod>();
  const methodIn = (mode: SerializationMode | undefined): AnyClientMethod => {
    const known = mode === undefined ? usual : others.get(mode);
    if (known !== undefined) return known;
    const bound = bind(mode);
    const refusal = target.connection.isSession && target.connection.refusalOf?.(bound);
    if (refusal) throw refusal;
    const made = methodInMode(target, bound, options);
    if (mode === undefined) usual = made;
    else others.set(mode, made);
    return made;
  };
  return withOpen(pattern, (request, callOptions) => {
    try {
      return methodIn(callOptions?.serialization)(request, callOptions);
    } catch (error) {
      return streams ? new FailedStream(error) : Promise.reject(error);
    }
  });
}

/** One method in one mode. Throws for options that are not valid. */
function methodInMode(
  target: CallTarget,
  bound: BoundMethod,
  { interceptors, timeoutMs }: ClientMethodOptions,
): AnyClientMethod {
  const usualTimeoutMs = bound.method.timeoutMs ?? timeoutMs;
  const pattern = patterns[bound.method.pattern];
  const { log, peer } = target.connection;
  const start: Start =
    log === undefined
      ? (request, setup) => pattern(target, bound, request, setup)
      : (request, setup) => {
          const logged = log.begin(bound.service, bound.method.name, peer);
          return pattern(target, bound, request, { ...setup, logged });
        };
  const around = (all: readonly Interceptor[]): Start => {
    const { prepares, wraps } = methodInterceptors(all);
    const hooks = prepares.length;
    const inner =
      wraps.length === 0
        ? start
        : interceptedStart({ target, bound, hooks, interceptors: wraps, start });
    return hooks === 0 ? inner : hookedStart(target, bound, prepares, inner);
  };
  const run = around(interceptors);
  const once = repeatsCalls(interceptors)
    ? interceptors.filter((interceptor) => !isRepeating(interceptor))
    : undefined;
  let runOnce: Start | undefined;
  return (request, options) => {
    const setup = callSetup(options, usualTimeoutMs, target.limits);
    const own = options?.interceptors;
    const isOnce = once !== undefined && options?.retry === false;
    if (own === undefined) {
      if (!isOnce) return run(request, setup);
      runOnce ??= around(once);
      return runOnce(request, setup);
    }
    checkInterceptors(own);
    const leaves = options?.retry === undefined && repeatsCalls(own);
    const start = around([...(isOnce ? once : interceptors), ...own]);
    return start(request, leaves ? { ...setup, retry: false } : setup);
  };
}

type Pattern = (
  target: CallTarget,
  bound: BoundMethod,
  request: unknown,
  setup: CallSetup,
) => unknown;

const patterns: Readonly<Record<MethodPattern, Pattern>> = {
  unary,
  client_stream: clientStream,
  server_stream: serverStream,
  bidi_stream: bidiStream,
};

/** One request, one response. */
function unary(
  target: CallTarget,
  bound: BoundMethod,
  request: unknown,
  setup: CallSetup,
): Promise<unknown> {
  const call = new SingleResponseCall(target, bound);
  call.sendOne(request, setup);
  return call.response;
}

/** A stream of requests, one response. */
function clientStream(
  target: CallTarget,
  bound: BoundMethod,
  requests: unknown,
  setup: CallSetup,
): Promise<unknown> {
  const call = new SingleResponseCall(target, bound);
  call.sendAll(requests as MessageSource, setup);
  return call.response;
}

/** One request, a stream of responses. The call begins at once, not with the first `next()`. */
function serverStream(
  target: CallTarget,
  bound: BoundMethod,
  request: unknown,
  setup: CallSetup,
): ResponseStream<unknown> {
  const call = new ResponseStreamCall(target, bound);
  call.responses.observe(setup);
  call.sendOne(request, setup);
  return call.responses;
}

/** Streams in both directions. The call begins at once, not with the first `next()`. */
function bidiStream(
  target: CallTarget,
  bound: BoundMethod,
  requests: unknown,
  setup: CallSetup,
): ResponseStream<unknown> {
  const call = new ResponseStreamCall(target, bound);
  call.responses.observe(setup);
  call.sendAll(requests as MessageSource, setup);
  return call.responses;
}

let capturedResolve: (value: unknown) => void;
let capturedReject: (error: unknown) => void;

/** One executor for all promises, which saves every call a closure. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

const cardinality: RpcErrorOptions = { details: { reason: RpcReason.CARDINALITY } };

/** A call with one response. */
class SingleResponseCall extends WireCall {
  readonly response: Promise<unknown>;
  readonly #resolve: typeof capturedResolve;
  readonly #reject: typeof capturedReject;
  #answered = false;
  #value: unknown;

  /** `before`: the attempt whose place this one takes. */
  constructor(target: CallTarget, bound: BoundMethod, before?: SingleResponseCall) {
    super(target, bound);
    this.response = before?.response ?? new Promise(capture);
    this.#resolve = before === undefined ? capturedResolve : before.#resolve;
    this.#reject = before === undefined ? capturedReject : before.#reject;
  }

  protected override again(): WireCall {
    return new SingleResponseCall(this.target, this.bound, this);
  }

  protected override message(value: unknown): void {
    if (this.#answered) {
      const text = "received multiple response frames for unary RPC";
      this.broken(new RpcError(StatusCode.INTERNAL, text, cardinality), "locally");
      return;
    }
    this.#answered = true;
    this.#value = value;
  }

  protected override succeeded(): void {
    if (this.#answered) {
      const observed = this.observed;
      if (observed !== undefined) {
        observed.responses = 1;
        observed.ended(undefined);
      }
      this.#resolve(this.#value);
    } else {
      const text = "the server ended the call without a response";
      this.failed(atCall(new RpcError(StatusCode.INTERNAL, text, cardinality)));
    }
  }

  protected override failed(error: unknown): void {
    this.observed?.ended(RpcError.from(error));
    if (isAtCall(error)) this.#resolve(rejection(error));
    else this.#reject(error);
  }
}

/** A call with a stream of responses. */
class ResponseStreamCall extends WireCall {
  readonly #responses: CallResponses;

  /** `before`: the attempt whose place this one takes. */
  constructor(target: CallTarget, bound: BoundMethod, before?: ResponseStreamCall) {
    super(target, bound);
    const responses =
      before === undefined
        ? new CallResponses(target.limits, () => this.#responses.source?.left())
        : before.#responses;
    responses.source = this;
    this.#responses = responses;
  }

  protected override again(): WireCall {
    return new ResponseStreamCall(this.target, this.bound, this);
  }

  get responses(): CallResponses {
    return this.#responses;
  }

  protected override opened(channel: Channel): void {
    this.#responses.feedFrom(channel);
  }

  protected override message(value: unknown, bytes: number): void {
    this.#responses.push(value, bytes);
  }

  protected override succeeded(): void {
    this.#responses.succeeded();
    this.#responses.ended(undefined);
  }

  protected override failed(error: unknown, failure: Failure): void {
    // the reader of a call that the server ended still gets the responses before the error
    const unread = failure === "byServer" ? this.#responses.waiting : 0;
    this.#responses.failed(error, this.#responses.taken + unread);
    if (failure === "abandoned") this.#responses.abandon(error);
    else this.#responses.fail(error);
    this.#responses.ended(error);
  }

  /** The reader has left. */
  left(): void {
    this.broken(leftError(), "abandoned");
  }
}
