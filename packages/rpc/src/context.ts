import { AsyncLocalStorage } from "node:async_hooks";
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

/** Runs `work` outside of the current call, if there is one. */
export function runOutsideCalls<T>(work: () => T): T {
  return storage.exit(work);
}

/** Runs `work` as part of `call`: `currentCall` returns it there. */
export function runInCall<T>(call: CurrentCall, work: () => T): T {
  return storage.run(call, work);
}
