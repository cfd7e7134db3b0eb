/** The detail of an error that tells retries how long to wait; a negative number for never. */
export const PUSHBACK_DETAIL = "aster-retry-pushback-ms";

/** Retries do not wait longer. */
const MOST_PUSHBACK_MS = 60_000;

/** The value of {@link PUSHBACK_DETAIL} for a wait in whole milliseconds. */
export function pushbackText(waitMs: number): string {
  return waitMs <= MOST_PUSHBACK_MS ? String(waitMs) : "-1";
}
