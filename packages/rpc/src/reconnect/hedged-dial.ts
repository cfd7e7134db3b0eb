import { ResetCode } from "@aster/transport";
import type { DialedPeer } from "../peer/dial.ts";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";

/** Dials the peer of a client again, within this time, and is admitted again. */
export type Redial = (timeoutMs: number, signal: AbortSignal) => Promise<DialedPeer>;

/**
 * The interval of the attempts of one dial. QUIC repeats an unanswered first packet at growing
 * intervals, so that an old attempt finds out late that the peer is back.
 */
const HEDGE_MS = 4000;

/**
 * Dials a peer, and starts another attempt every few seconds beside those that are unanswered. The
 * first attempt that succeeds or is refused decides.
 */
export function hedgedDial(
  redial: Redial,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DialedPeer> {
  const until = now() + timeoutMs;
  const others = new AbortController();
  let timer: Timer | undefined;
  let over = false;
  return new Promise((resolve, reject) => {
    const abort = () => others.abort(signal.reason);
    const settle = (decide: () => void): void => {
      if (over) return;
      over = true;
      clearTimer(timer);
      signal.removeEventListener("abort", abort);
      decide();
      others.abort();
    };
    const attempt = (): void => {
      const leftMs = until - now();
      timer = leftMs > HEDGE_MS ? setTimer(attempt, HEDGE_MS) : undefined;
      redial(leftMs, others.signal).then(
        (dialed) => {
          if (over) dialed.connection.close(ResetCode.NoError, "normal close");
          else settle(() => resolve(dialed));
        },
        (error) => settle(() => reject(error)),
      );
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    attempt();
  });
}
