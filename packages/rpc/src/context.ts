import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext } from "@aster/contract";

/** What the calls that a handler makes need of the call it answers. */
export interface CurrentCall extends CallContext {
  /** As of `now()`; `Infinity` for none. */
  readonly deadlineAt: number;
}

const storage = new AsyncLocalStorage<CurrentCall>();

/** The call that is being handled where this is called, also after an `await`; `undefined` outside of handlers. */
export function currentCall(): CallContext | undefined {
  return storage.getStore();
}

/** When the call being handled must be over; `Infinity` outside of handlers and without a deadline. */
export function currentDeadlineAt(): number {
  return storage.getStore()?.deadlineAt ?? Number.POSITIVE_INFINITY;
}

/** Runs `work` as part of no call, although one may be under way. */
export function runOutsideCalls<T>(work: () => T): T {
  return storage.exit(work);
}

/** Runs `work` as part of a call. */
export function runInCall<T>(call: CurrentCall, work: () => T): T {
  return storage.run(call, work);
}
