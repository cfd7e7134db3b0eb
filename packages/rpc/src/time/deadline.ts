import { RpcError } from "../error.ts";
import { checkPositive } from "../option-check.ts";
import { StatusCode } from "../status.ts";
import { epochMs, now } from "./clock.ts";

/** Converts a reading of `now()` to Unix milliseconds, rounded up. */
export function epochMsOf(at: number): number {
  return Math.ceil(epochMs() + at - now());
}

/**
 * Converts a deadline on the wire to a reading of `now()`. This is the only time that the call
 * reads the wall clock.
 *
 * A deadline that passed less than `skewMs` ago counts as a difference of clocks: the call gets the
 * rest of the tolerance as its time. Throws DEADLINE_EXCEEDED for an earlier one.
 */
export function deadlineAtOf(deadlineEpochMs: number, skewMs: number): number {
  const nowEpochMs = epochMs();
  const remainingMs = deadlineEpochMs - nowEpochMs;
  if (remainingMs > 0) return now() + remainingMs;
  if (remainingMs + skewMs <= 0) {
    throw new RpcError(
      StatusCode.DEADLINE_EXCEEDED,
      `deadline already expired on receipt (now=${nowEpochMs}, deadline=${deadlineEpochMs}, skew_tolerance=${skewMs}ms)`,
    );
  }
  return now() + remainingMs + skewMs;
}

/**
 * Throws INVALID_ARGUMENT for a timeout that is not above 0. `Infinity` means no deadline, as
 * `undefined` is.
 */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs !== undefined) checkPositive("timeoutMs", timeoutMs);
}
