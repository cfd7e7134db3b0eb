// The defaults of options, the same on every transport.
import type { ConnectOptions } from "./node.ts";
import { wrongOption } from "./option.ts";

/**
 * Channels that a peer may have open at a time on one connection: 1024 sessions, which is the
 * default limit of a server, and 256 calls.
 */
export const DEFAULT_MAX_CHANNELS = 1280;

/** The silence after which a peer is lost: three times the keep-alive, so that two may be lost. */
export const DEFAULT_IDLE_TIMEOUT_MS = 15_000;
export const DEFAULT_KEEP_ALIVE_MS = 5_000;

/** Long enough to find a relay and to repeat a handshake. */
const DEFAULT_DIAL_TIMEOUT_MS = 20_000;
/** The longest delay that timers of Node take; they fire longer ones at once. About 24.8 days. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Returns the time for a dial, at most about 24 days. Throws a `TransportError` `"option"` for a
 * timeout that is not a number above 0.
 */
export function dialTimeoutMs({ timeoutMs = DEFAULT_DIAL_TIMEOUT_MS }: ConnectOptions): number {
  if (typeof timeoutMs === "number" && timeoutMs > 0) {
    return Math.min(timeoutMs, LONGEST_TIMER_MS);
  }
  throw wrongOption("timeoutMs", "a positive number", timeoutMs);
}
