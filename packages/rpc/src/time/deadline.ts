import { RpcError } from "../error.ts";
import { checkPositive, optionError } from "../option-check.ts";
import { StatusCode } from "../status.ts";
import { epochMs, now } from "./clock.ts";

/** The `deadlineAt` of calls without a deadline. */
export const NO_DEADLINE: number = Number.POSITIVE_INFINITY;

/** The latest date of JavaScript, in the year 275760. A later deadline counts as none. */
const LATEST_EPOCH_MS = 8.64e15;
/** A longer timeout means no limit. Half of the time until the latest date. */
const LONGEST_TIMEOUT_MS = 2 ** 52;

/**
 * Converts a reading of `now()` to the deadline of a header: Unix milliseconds, rounded up. 0 for
 * no deadline. `present` is a reading of `now()` of this turn, if there is one.
 */
export function headerDeadline(at: number, present?: number): number {
  if (at === NO_DEADLINE) return 0;
  const deadline = Math.ceil(epochMs() + at - (present ?? now()));
  return deadline <= LATEST_EPOCH_MS ? deadline : 0;
}

/**
 * The deadline of a call that begins now, as a reading of `now()`. A timeout of more than 140 000
 * years means no limit. `present` is a reading of `now()` of this turn, if there is one.
 */
export function deadlineAfter(timeoutMs: number | undefined, present?: number): number {
  if (timeoutMs === undefined || timeoutMs > LONGEST_TIMEOUT_MS) return NO_DEADLINE;
  return (present ?? now()) + timeoutMs;
}

/**
 * Converts a deadline on the wire to a reading of `now()`. This is the only time that the call
 * reads the wall clock. `present` is a reading of `now()` of this turn.
 *
 * A deadline that passed less than `skewMs` ago counts as a difference of clocks: the call gets the
 * rest of the tolerance as its time. Throws DEADLINE_EXCEEDED for an earlier one.
 */
export function deadlineAtOf(deadlineEpochMs: number, skewMs: number, present: number): number {
  const nowEpochMs = epochMs();
  const remainingMs = deadlineEpochMs - nowEpochMs;
  if (remainingMs > 0) return present + remainingMs;
  if (remainingMs + skewMs <= 0) {
    throw new RpcError(
      StatusCode.DEADLINE_EXCEEDED,
      `deadline already expired on receipt (now=${nowEpochMs}, deadline=${deadlineEpochMs}, skew_tolerance=${skewMs}ms)`,
    );
  }
  return present + remainingMs + skewMs;
}

/** Throws INVALID_ARGUMENT for a timeout that is not a number above 0; `Infinity` passes. */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs !== undefined) checkPositive("timeoutMs", timeoutMs);
}

/** Throws INVALID_ARGUMENT for a deadline of an interceptor that is not a number. */
export function checkDeadlineAt(deadlineAt: number): void {
  if (typeof deadlineAt === "number" && !Number.isNaN(deadlineAt)) return;
  throw optionError("deadlineAt", "a reading of now(), or undefined for no deadline", deadlineAt);
}
