import type { RpcError } from "../error.ts";

/**
 * The key in the metadata of a status with which a server tells when the call may be repeated
 * (docs/wire.md, "Push-back").
 */
export const PUSHBACK_KEY = "aster-retry-pushback-ms";

/** The longest push-back. A server that wants a longer wait gets no further attempt. */
export const MAX_PUSHBACK_MS = 60_000;

/** The value of {@link PUSHBACK_KEY} for a wait; a negative one means never. */
export function pushbackText(retryPushbackMs: number): string {
  if (!(retryPushbackMs >= 0)) return "-1";
  return String(Math.ceil(Math.min(retryPushbackMs, MAX_PUSHBACK_MS)));
}

/**
 * The wait in milliseconds that the server asked for with the status of a call: negative if the
 * call must not be repeated, `undefined` if the server did not say. A value that is not a whole
 * number of at most 60 000 means never.
 */
export function pushbackMs(error: Pick<RpcError, "details">): number | undefined {
  const text = error.details[PUSHBACK_KEY];
  if (text === undefined) return undefined;
  const waitMs = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return waitMs <= MAX_PUSHBACK_MS ? waitMs : -1;
}
