import { RpcError } from "../error.ts";
import { checkPositive } from "../option-check.ts";
import { StatusCode } from "../status.ts";
import { epochMs, now } from "./clock.ts";

/** The Unix milliseconds of a reading of the clock, rounded up. */
export function epochMsOf(at: number): number {
  return Math.ceil(epochMs() + at - now());
}

/**
 * When a call must be over, by the clock, from the deadline on the wire; the wall clock is read this once.
 *
 * A deadline that is past by no more than `skewMs` is taken for a difference of clocks: what is left of the tolerance is
 * the time for the call. Throws DEADLINE_EXCEEDED beyond that.
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

/** Throws INVALID_ARGUMENT for a timeout that is not above 0. `Infinity` is no deadline, as `undefined` is. */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs !== undefined) checkPositive("timeoutMs", timeoutMs);
}
