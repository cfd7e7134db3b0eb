// Turns of the event loop. They are those of Node.js also after a test has replaced the global
// functions: fake timers move deadlines, but do not stop calls.
import timers from "node:timers/promises";

/** Resolves in the next turn of the event loop. */
export const nextTurn: () => Promise<void> = timers.setImmediate;

const resolved = Promise.resolve();

/** Runs work at the end of the current turn. It must not throw. */
export function soon(work: () => void): void {
  void resolved.then(work);
}
