// The turns of the event loop in which this package works. They are those of Node.js also after a
// test has replaced the global functions, so that channels go on under fake timers. Work that is
// done in them belongs to many calls, so it runs outside of the async context of any of them.
import { AsyncResource } from "node:async_hooks";
import { performance } from "node:perf_hooks";
import timers from "node:timers";

export const clearInterval: typeof timers.clearInterval = timers.clearInterval;
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
export const setImmediate: typeof timers.setImmediate = timers.setImmediate;
export const setInterval: typeof timers.setInterval = timers.setInterval;
export const setTimeout: typeof timers.setTimeout = timers.setTimeout;
export const nextTick: typeof process.nextTick = process.nextTick.bind(process);
export const now: () => number = performance.now.bind(performance);

const outside = new AsyncResource("AsterTransport");

/** Runs work in the async context in which this module was loaded. */
export function outsideCalls<R>(work: () => R): R {
  return outside.runInAsyncScope(work);
}

const resolved: Promise<void> = Promise.resolve();

/** Runs work at the end of the current turn. It must not throw. */
export function soon(work: () => void): void {
  void outsideCalls(() => resolved.then(work));
}
