// Turns of the event loop. They are those of Node.js also after a test has replaced the global
// functions: fake timers move deadlines, but do not stop calls.
import { setImmediate } from "node:timers";
import timers from "node:timers/promises";

/** Resolves in the next turn of the event loop. */
export const nextTurn: () => Promise<void> = timers.setImmediate;

/** Messages of streams take no more than this of one turn of the event loop. */
const STREAMS_MS = 10;
/** The clock is read after so many messages, a power of two. */
const MESSAGES_PER_LOOK = 8;

let messages = 0;
let isOver = false;
let endsAt: number | undefined;
const begin = (): void => {
  isOver = false;
  endsAt = undefined;
};

/**
 * Counts a message of a stream. Returns true when those of all streams have taken too long in this
 * turn of the event loop, so that the next one has to wait for {@link nextTurn}.
 */
export function isTurnOver(): boolean {
  messages += 1;
  if (isOver || messages % MESSAGES_PER_LOOK !== 0) return isOver;
  const at = performance.now();
  if (endsAt === undefined) {
    endsAt = at + STREAMS_MS;
    setImmediate(begin);
  } else isOver = at >= endsAt;
  return isOver;
}

const resolved = Promise.resolve();

/** Runs work at the end of the current turn. It must not throw. */
export function soon(work: () => void): void {
  void resolved.then(work);
}
