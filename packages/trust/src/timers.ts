// The timers of Node.js, also after a test has replaced the global functions.
import timers from "node:timers";

export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
export const setTimeout: typeof timers.setTimeout = timers.setTimeout;
