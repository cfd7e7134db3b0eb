import { abortedError } from "../client/call-failure.ts";
import { clearTimer, setTimer } from "../time/clock.ts";

/** Resolves after a time, or rejects with the end of the call whose signal fires before. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      clearTimer(timer);
      reject(abortedError(signal));
    };
    const timer = setTimer(() => {
      signal.removeEventListener("abort", ended);
      resolve();
    }, delayMs);
    if (signal.aborted) ended();
    else signal.addEventListener("abort", ended, { once: true });
  });
}
