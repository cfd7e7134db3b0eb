import type { MethodPattern } from "@aster/contract";
import { nextTurn } from "../time/turn.ts";
import type { AnyClientMethod } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import { PushedRequests } from "./pushed-requests.ts";
import type { Endable, ResponseStream } from "./response-stream.ts";

/** The sending half of a call whose requests the program pushes. */
export interface RequestSender<Req> extends AsyncDisposable {
  /**
   * Sends one request. Resolves when it is on its way and there is room for another one, so that a
   * program that awaits it sends no faster than the server reads. It need not be awaited.
   *
   * Rejects when the call ends before that: with the error of the call, or with FAILED_PRECONDITION
   * (reason `call.over`) after OK and after `end()`. A request that cannot be encoded ends the
   * call.
   */
  send(request: Req): Promise<void>;
  /** Ends the requests. The server still answers. No-op when they have ended. */
  end(): void;
  /** Ends the call with CANCELLED, if it has not ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A client-stream call whose requests the program pushes. `open` of the method makes one. */
export interface ClientStreamCall<Req, Res> extends RequestSender<Req> {
  /** The response, or the error of the call. It need not be awaited. */
  readonly response: Promise<Res>;
}

/**
 * A bidi-stream call whose requests the program pushes. It is the stream of its responses: leaving
 * a loop over it ends the call. `open` of the method makes one.
 */
export interface BidiStreamCall<Req, Res> extends RequestSender<Req>, ResponseStream<Res> {
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Adds `open` to a method with a stream of requests, and returns the method. `call` makes the call,
 * by default the method itself.
 */
export function withOpen<M extends AnyClientMethod>(
  pattern: MethodPattern,
  method: M,
  call: AnyClientMethod = method,
): M {
  if (pattern === "client_stream") {
    const open = (options?: CallOptions) => openClientStream(call, options);
    return Object.assign(method, { open });
  }
  if (pattern === "bidi_stream") {
    const open = (options?: CallOptions) => new PushedBidiStream(call, options);
    return Object.assign(method, { open });
  }
  return method;
}

function openClientStream(
  method: AnyClientMethod,
  options: CallOptions = {},
): ClientStreamCall<unknown, unknown> {
  const requests = new PushedRequests();
  const { signal } = options;
  const abort = new AbortController();
  const forward = (): void => abort.abort(signal?.reason);
  if (signal?.aborted) forward();
  else signal?.addEventListener("abort", forward);
  const settle = (error: unknown): void => {
    signal?.removeEventListener("abort", forward);
    requests.settle(error);
  };
  const response = method(requests, { ...options, signal: abort.signal }) as Promise<unknown>;
  response.then(() => settle(undefined), settle);
  return {
    response,
    send: (request) => requests.send(request),
    end: () => requests.end(),
    [Symbol.asyncDispose]: async () => abort.abort(),
  };
}

class PushedBidiStream implements BidiStreamCall<unknown, unknown> {
  readonly #requests: PushedRequests;
  readonly #responses: ResponseStream<unknown>;

  constructor(method: AnyClientMethod, options: CallOptions | undefined) {
    // an interceptor may return a stream of its own, which does not tell when the call ends; what
    // it shows then is that the call stops reading
    this.#requests = new PushedRequests(() => {
      void nextTurn().then(() => this.#requests.settle(undefined));
    });
    this.#responses = method(this.#requests, options) as ResponseStream<unknown>;
    const { whenEnded } = this.#responses as Partial<Endable>;
    whenEnded?.call(this.#responses, (error) => this.#requests.settle(error));
  }

  send(request: unknown): Promise<void> {
    return this.#requests.send(request);
  }

  end(): void {
    this.#requests.end();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#responses.next();
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    return this.#responses.return();
  }

  throw(error?: unknown): Promise<never> {
    return this.#responses.throw(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
