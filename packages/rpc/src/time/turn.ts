// tests may replace the global function; turns of the event loop stay real

/** Resolves in the next turn of the event loop. */
export { setImmediate as nextTurn } from "node:timers/promises";
