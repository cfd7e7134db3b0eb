import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, setTimer, type Timer } from "../time/clock.ts";

export interface FirstSuccessOptions<T> {
  /** The next attempt begins beside the others after this time, or when one fails. */
  readonly headStartMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Takes the results that come too late. */
  readonly discard: (late: T) => void;
}

/**
 * Makes attempts in order until one succeeds, and aborts the others. Rejects with the error of the
 * first attempt when all have failed, and with UNAVAILABLE without any.
 */
export function firstSuccess<T>(
  attempts: readonly ((signal: AbortSignal) => Promise<T>)[],
  { headStartMs, signal, discard }: FirstSuccessOptions<T>,
): Promise<T> {
  const others = new AbortController();
  const failures: unknown[] = [];
  let next = 0;
  let timer: Timer | undefined;
  let over = false;
  return new Promise((resolve, reject) => {
    const abort = (): void => others.abort(signal?.reason);
    const settle = (decide: () => void): void => {
      if (over) return;
      over = true;
      clearTimer(timer);
      signal?.removeEventListener("abort", abort);
      decide();
      others.abort();
    };
    const begin = (): void => {
      clearTimer(timer);
      const index = next;
      const attempt = attempts[next++];
      if (attempt === undefined || over) return;
      timer = setTimer(begin, headStartMs);
      attempt(others.signal).then(
        (result) => {
          if (over) discard(result);
          else settle(() => resolve(result));
        },
        (error: unknown) => {
          failures[index] = error;
          if (Object.keys(failures).length === attempts.length || others.signal.aborted) {
            settle(() => reject(failures.find((one) => one !== undefined)));
          } else begin();
        },
      );
    };
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    if (attempts.length > 0) begin();
    else settle(() => reject(noProducer()));
  });
}

function noProducer(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "the registry has no other producer");
}
