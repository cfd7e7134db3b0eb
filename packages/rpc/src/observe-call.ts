import type { CallContext, InterceptedCall, Next } from "@aster/contract";
import { type CallEnding, type EndFollower, endingOf } from "./client/call-ending.ts";
import { abortedError, leftError } from "./client/call-failure.ts";
import { inCurrentScope } from "./context.ts";
import { RpcError } from "./error.ts";
import { printFailure, runCallback } from "./failure-log.ts";
import { streamsRequests, streamsResponses } from "./interceptor-chain.ts";
import { observedStream, type StreamObserver } from "./observed-stream.ts";
import { StatusCode } from "./status.ts";
import { now } from "./time/clock.ts";

/** The end of a call, as {@link observeCall} reports it. */
export interface CallEnd {
  /** A status code; 0 is OK. On a server, the status that the caller gets. */
  readonly code: number;
  /** The error of the call; `undefined` for OK. */
  readonly error: RpcError | undefined;
  /** The number of requests that the call on the wire, or the handler, has taken. */
  readonly requests: number;
  /** The number of responses that passed. */
  readonly responses: number;
  /** From the call of `observeCall` to the end; for hooks of a server from its arrival. */
  readonly durationMs: number;
}

/**
 * Continues a call of any pattern and calls `ended` once, when the call is over. Returns the result
 * of `next`, for the interceptor to return.
 *
 * A call with a stream of responses is over after its last response, and not when `next` resolves:
 * it ends with an error, with OK, or with CANCELLED when its reader leaves. Every call is over at
 * its deadline, when its signal fires and when the client is closed. On a server `ended` runs when
 * the status is sent. An error that `ended` throws is printed as
 * a warning.
 *
 * ```ts
 * const log: Interceptor = (call, next) =>
 *   observeCall(call, next, ({ code, responses, durationMs }) =>
 *     console.log(call.method, statusName(code), responses, durationMs));
 * ```
 */
export async function observeCall(
  call: InterceptedCall,
  next: Next,
  ended: (end: CallEnd) => void,
): Promise<unknown> {
  const observation = new Observation(call, ended);
  try {
    return observation.result(await next(observation.call));
  } catch (error) {
    observation.failed(error);
    throw error;
  }
}

/** A context that tells the status of its call. */
interface EndingContext extends CallContext {
  onEnd?(listener: (error: RpcError | undefined) => void): void;
}

class Observation implements StreamObserver, EndFollower {
  /** The call to pass on. */
  readonly call: InterceptedCall;
  /** `undefined` on a server, whose calls tell their end. */
  readonly #source: CallEnding | AbortSignal | undefined;
  readonly #ended: (end: CallEnd) => void;
  readonly #startedAt = now();
  #requests = 0;
  #responses = 0;
  #over = false;

  constructor(call: InterceptedCall, ended: (end: CallEnd) => void) {
    this.#ended = inCurrentScope(ended);
    const context = call.context as EndingContext | undefined;
    if (context?.onEnd !== undefined) context.onEnd((error) => this.#end(error));
    else {
      this.#source = endingOf(call) ?? call.signal;
      if (this.#source instanceof AbortSignal) this.#source.addEventListener("abort", this);
      else this.#source.follow(this);
    }
    if (streamsRequests(call.pattern)) this.call = this.#counted(call);
    else {
      this.call = call;
      this.#requests = 1;
    }
  }

  #counted(call: InterceptedCall): InterceptedCall {
    const message = (): void => {
      this.#requests += 1;
    };
    return { ...call, request: observedStream(call.request, { message }) };
  }

  result(response: unknown): unknown {
    if (streamsResponses(this.call.pattern)) return observedStream(response, this);
    this.#responses += 1;
    this.finished();
    return response;
  }

  message(): void {
    this.#responses += 1;
  }

  finished(): void {
    if (this.#source !== undefined) this.#end(undefined);
  }

  failed(error: unknown): void {
    if (this.#source !== undefined) this.#end(RpcError.from(error));
  }

  left(): void {
    if (this.#source !== undefined) this.#end(leftError());
  }

  /** The signal of the call has fired: its reader may not notice. */
  handleEvent(): void {
    this.#end(abortedError(this.#source as AbortSignal));
  }

  callEnded(error: RpcError): void {
    this.#end(error);
  }

  #end(error: RpcError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#source instanceof AbortSignal) this.#source.removeEventListener("abort", this);
    else this.#source?.unfollow(this);
    const end: CallEnd = {
      code: error?.code ?? StatusCode.OK,
      error,
      requests: this.#requests,
      responses: this.#responses,
      durationMs: now() - this.#startedAt,
    };
    // an observer that fails must not change how the call ends
    runCallback(
      () => this.#ended(end),
      (cause) => printFailure("the observer of observeCall failed", cause),
    );
  }
}
