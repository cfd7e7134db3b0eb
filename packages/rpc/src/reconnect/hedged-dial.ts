import { ResetCode } from "@aster/transport";
import type { Dialled } from "../peer/dial.ts";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";

/** Dials a peer and is admitted, within this time. */
export type Dial = (timeoutMs: number, signal: AbortSignal) => Promise<Dialled>;

const HEDGE_MS = 4000;

/**
 * Dials, and again every few seconds beside the attempts that have no answer yet: these repeat their packets ever more seldom,
 * so they would tell late of a peer that has come meanwhile. The first that succeeds or is refused counts.
 */
export function hedgedDial(dial: Dial, timeoutMs: number, signal: AbortSignal): Promise<Dialled> {
  const until = now() + timeoutMs;
  const others = new AbortController();
  let timer: Timer | undefined;
  let over = false;
  return new Promise((resolve, reject) => {
    const giveUp = () => others.abort(signal.reason);
    const settle = (how: () => void): void => {
      if (over) return;
      over = true;
      clearTimer(timer);
      signal.removeEventListener("abort", giveUp);
      how();
      others.abort();
    };
    const attempt = (): void => {
      const leftMs = until - now();
      timer = leftMs > HEDGE_MS ? setTimer(attempt, HEDGE_MS) : undefined;
      dial(leftMs, others.signal).then(
        (dialled) => {
          if (over) dialled.connection.close(ResetCode.NoError, "normal close");
          else settle(() => resolve(dialled));
        },
        (error) => settle(() => reject(error)),
      );
    };
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    attempt();
  });
}
