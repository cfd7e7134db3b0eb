import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { CallContext } from "@aster/contract";

// The call that is being handled, for calls that its handler makes.

/** The context of a call, with its deadline by the monotonic clock. */
export interface CurrentCall extends CallContext {
  /** As of `now()`; `Infinity` without a deadline. */
  readonly deadlineAt: number;
}

const storage = new AsyncLocalStorage<CurrentCall>();

/**
 * The context of the call whose handler runs this code, also after an `await`; `undefined` outside
 * of handlers.
 */
export function currentCall(): CallContext | undefined {
  return storage.getStore();
}

/**
 * The deadline of the call being handled, as of `now()`; `Infinity` outside of handlers and without
 * a deadline.
 */
export function currentDeadlineAt(): number {
  return storage.getStore()?.deadlineAt ?? Number.POSITIVE_INFINITY;
}

/** Runs work in the async context in which it was made. */
export type AsyncScope = <R>(work: () => R) => R;

/** The current async context, with the stores of all `AsyncLocalStorage`s of the program. */
export function currentScope(): AsyncScope {
  const resource = currentResource();
  return (work) => resource.runInAsyncScope(work);
}

/** The current async context, for code that makes no closure per call. */
export function currentResource(): AsyncResource {
  // AsyncLocalStorage.snapshot() does the same for 6 µs instead of 0.02 µs; to find the id of the
  // trigger, which nothing here needs, would take longer than the rest
  return new AsyncResource("AsterScope", 0);
}

/** Binds a callback of the program to the current async context. */
export function inCurrentScope<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  const scope = currentScope();
  return (...args) => scope(() => callback(...args));
}

/** Runs `work` outside of all calls, in the async context in which this module was loaded. */
export const runOutsideCalls: AsyncScope = currentScope();

/**
 * Runs `work` as part of `call`: `currentCall` returns it there. The queues and timers that start
 * it serve many calls, so nothing of the current async context is kept.
 */
export function runInCall<T>(call: CurrentCall, work: () => T): T {
  return runOutsideCalls(() => storage.run(call, work));
}
