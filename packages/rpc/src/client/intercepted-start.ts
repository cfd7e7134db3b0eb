import type { CompressionSetting, InterceptedCall, Interceptor, Next } from "@aster/contract";
import { currentScope, inCurrentScope } from "../context.ts";
import {
  promiseOf,
  runInterceptor,
  streamsRequests,
  streamsResponses,
} from "../interceptor-chain.ts";
import { narrowed } from "../message/compression.ts";
import { checkMetadata, Metadata } from "../metadata.ts";
import { scoped } from "../scoped-stream.ts";
import { checkDeadlineAt, NO_DEADLINE } from "../time/deadline.ts";
import type { BoundMethod } from "./bound-method.ts";
import { endingMembers } from "./call-ending.ts";
import { CallGuard } from "./call-guard.ts";
import type { CallSetup, ObservedCall } from "./call-options.ts";
import type { CallTarget } from "./call-target.ts";
import { GuardedStream } from "./guarded-stream.ts";

/** Starts a call. Returns its response as a promise, or its stream of responses. */
export type Start = (request: unknown, setup: CallSetup) => unknown;

const NO_ROLES: ReadonlySet<string> = new Set();

/** The parts that all calls of one method share. */
interface InterceptedMethod {
  readonly target: CallTarget;
  readonly bound: BoundMethod;
  /** The number of hooks outside of the interceptors. */
  readonly hooks: number;
  /** At least one. */
  readonly interceptors: readonly Interceptor[];
  readonly start: Start;
}

/** Returns a `Start` that runs the interceptors around each call. */
export function interceptedStart(method: InterceptedMethod): Start {
  return (request, setup) => new InterceptedRun(method).begin(request, setup);
}

/**
 * Passes the number of requests that a call on the wire has sent to the hooks. Of several calls,
 * for instance attempts, the last that sends one counts. The interceptors say how the call ends.
 */
class RequestCount implements ObservedCall {
  responses = 0;
  readonly #observed: ObservedCall;
  #requests = 0;

  constructor(observed: ObservedCall) {
    this.#observed = observed;
  }

  get requests(): number {
    return this.#requests;
  }

  set requests(count: number) {
    this.#requests = count;
    this.#observed.requests = count;
  }

  ended(): void {}
}

/** The run of the interceptors of one call. */
class InterceptedRun {
  readonly #method: InterceptedMethod;
  /** The index of the interceptor at work; behind the last one: the call itself. */
  #at = 0;
  #retry: CallSetup["retry"];
  /** The setting of the caller. */
  #compression: CompressionSetting | undefined;
  /** The call as the hooks outside see it, if one of them needs its end. */
  #observed: ObservedCall | undefined;

  constructor(method: InterceptedMethod) {
    this.#method = method;
  }

  begin(request: unknown, setup: CallSetup): unknown {
    this.#retry = setup.retry;
    const { metadata, deadlineAt, signal, onTrailer, compression } = setup;
    this.#compression = compression;
    this.#observed = setup.observed;
    const { service, version, method } = this.#method.bound;
    const { connection } = this.#method.target;
    const guard = this.#guard(deadlineAt, signal);
    const call: InterceptedCall = {
      side: "client",
      service,
      version,
      method: method.name,
      pattern: method.pattern,
      idempotent: method.idempotent,
      inSession: connection.isSession ?? false,
      attempt: 1,
      roles: NO_ROLES,
      peer: connection.peer,
      metadata,
      deadlineAt: deadlineAt === NO_DEADLINE ? undefined : deadlineAt,
      ...endingMembers(guard),
      // the caller's source runs in the async context of the caller, not in one of an interceptor
      request: streamsRequests(method.pattern) ? scoped(request, currentScope()) : request,
      context: undefined,
      compression,
      onTrailer: onTrailer && ((trailer) => onTrailer(Metadata.from(trailer))),
    };
    const result = this.#run(call, guard);
    return this.#streams
      ? new GuardedStream(result, guard, setup.observed)
      : guard.result(result, setup.observed);
  }

  get #streams(): boolean {
    return streamsResponses(this.#method.bound.method.pattern);
  }

  async #run(call: InterceptedCall, guard: CallGuard): Promise<unknown> {
    const result = await this.#step(0, call, guard);
    // a stream of responses is open, and no interceptor is known to be at work
    this.#at = this.#method.interceptors.length;
    return result;
  }

  /** Runs the interceptor at this index, or the call. Rejects for what an interceptor throws. */
  #step(index: number, call: InterceptedCall, guard: CallGuard): Promise<unknown> {
    if (guard.ended !== undefined && index > 0) return Promise.reject(guard.ended);
    this.#at = index;
    const interceptor = this.#method.interceptors[index];
    if (interceptor === undefined) return promiseOf(() => this.#start(call, guard));
    const next: Next = (inner) => this.#next(index, inner, guard);
    return runInterceptor(interceptor, call, next);
  }

  /** The `next` of the interceptor at this index. */
  #next(index: number, call: InterceptedCall, guard: CallGuard): Promise<unknown> {
    const result = promiseOf(() => this.#pass(index, call, guard));
    const back = (): void => {
      this.#at = index;
    };
    result.then(back, back);
    return result;
  }

  #pass(index: number, call: InterceptedCall, guard: CallGuard): Promise<unknown> {
    const { deadlineAt = NO_DEADLINE, signal } = call;
    checkDeadlineAt(deadlineAt);
    const later = deadlineAt > guard.deadlineAt;
    const inner = later ? { ...call, deadlineAt: guard.deadlineAt } : call;
    const same = (later || deadlineAt === guard.deadlineAt) && signal === guard.signal;
    // the call itself watches deadline and signal
    if (same || index + 1 === this.#method.interceptors.length) {
      return this.#step(index + 1, inner, guard);
    }
    const outer = signal === guard.signal ? guard : undefined;
    const endsAt = Math.min(deadlineAt, guard.deadlineAt);
    return this.#guarded(index + 1, inner, this.#guard(endsAt, signal, outer));
  }

  async #guarded(index: number, call: InterceptedCall, guard: CallGuard): Promise<unknown> {
    const result = this.#step(index, { ...call, ...endingMembers(guard) }, guard);
    if (!this.#streams) return guard.result(result);
    const stream = await guard.settled(result).catch((error: unknown) => {
      guard.finish();
      throw error;
    });
    return new GuardedStream(Promise.resolve(stream), guard);
  }

  #start(call: InterceptedCall, guard: CallGuard): unknown {
    const { target, start } = this.#method;
    const { request, deadlineAt = NO_DEADLINE, signal, onTrailer } = call;
    const metadata = Metadata.from(call.metadata);
    checkMetadata(metadata, target.limits);
    return start(request, {
      metadata,
      deadlineAt,
      startedAt: undefined,
      // a call with one response watches its deadline itself, and needs the caller's signal only
      signal: signal === guard.signal && !this.#streams ? guard.source : signal,
      onTrailer: onTrailer && inCurrentScope(onTrailer),
      retry: this.#retry,
      elsewhere: call.elsewhere,
      compression: narrowed(this.#compression, call.compression),
      observed: this.#counted(),
    });
  }

  /** The only request of a call counts from its beginning. */
  #counted(): ObservedCall | undefined {
    const observed = this.#observed;
    if (observed === undefined) return undefined;
    return streamsRequests(this.#method.bound.method.pattern)
      ? new RequestCount(observed)
      : undefined;
  }

  #guard(deadlineAt: number, signal: AbortSignal | undefined, outer?: CallGuard): CallGuard {
    const { held } = this.#method.target;
    return new CallGuard({ deadlineAt, signal, outer, held, place: () => this.#place() });
  }

  #place(): string {
    const { hooks, interceptors } = this.#method;
    const interceptor = interceptors[this.#at];
    if (interceptor === undefined) return "";
    return interceptor.name === ""
      ? `in interceptor ${hooks + this.#at + 1} of ${hooks + interceptors.length}`
      : `in the interceptor "${interceptor.name}"`;
  }
}
