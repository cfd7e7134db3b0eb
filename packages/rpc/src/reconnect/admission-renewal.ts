import { LONGEST_TIMER_MS } from "@aster/transport";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";

/** The part of the remaining time in which an admission is renewed, and the longest such time. */
const LEAD = 1 / 3;
const LONGEST_LEAD_MS = 60_000;
/** Clients that were admitted together do not come back together. */
const JITTER = 0.25;
/** The time between two attempts, which doubles with each failure. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** The gain below which another renewal is pointless: the credential itself ends then. */
const LEAST_GAIN_MS = 500;

/**
 * Requests admission again before the present one ends, and after the server has ended it.
 *
 * A `PeerLink` has one. Its timer does not keep the process alive.
 */
export class AdmissionRenewal {
  /** Requests admission. Resolves with the time of its end, as of `now()`. */
  readonly #request: (signal: AbortSignal) => Promise<number>;
  #expiresAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #attempt: AbortController | undefined;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #waitMs = SHORTEST_WAIT_MS;

  constructor(request: (signal: AbortSignal) => Promise<number>) {
    this.#request = request;
  }

  /** The client is admitted until `expiresAt`, as of `now()`; `Infinity` if it does not know. */
  admitted(expiresAt: number): void {
    this.#expiresAt = expiresAt;
    this.#waitMs = SHORTEST_WAIT_MS;
    this.#schedule();
  }

  /** The server ended the admission. */
  lapsed(): void {
    if (this.#attempt === undefined && now() - this.#attemptedAt >= this.#waitMs) {
      void this.#renew();
    }
  }

  close(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#attempt?.abort();
    this.#expiresAt = Number.NEGATIVE_INFINITY;
  }

  #schedule(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    const remainingMs = this.#expiresAt - now();
    if (remainingMs === Number.POSITIVE_INFINITY || remainingMs <= 0) return;
    const leadMs = Math.min(remainingMs * LEAD, LONGEST_LEAD_MS) * (1 - JITTER * Math.random());
    this.#renewIn(remainingMs - leadMs);
  }

  #renewIn(waitMs: number): void {
    this.#timer = setTimer(
      () => {
        // the longest timer is shorter than some admissions
        if (waitMs > LONGEST_TIMER_MS) this.#schedule();
        else void this.#renew();
      },
      Math.min(waitMs, LONGEST_TIMER_MS),
    );
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    clearTimer(this.#timer);
    const attempt = new AbortController();
    const before = this.#expiresAt;
    this.#attempt = attempt;
    this.#attemptedAt = now();
    try {
      const expiresAt = await this.#request(attempt.signal);
      if (attempt.signal.aborted) return;
      this.#expiresAt = expiresAt;
      this.#waitMs = SHORTEST_WAIT_MS;
      if (expiresAt > before + LEAST_GAIN_MS || before <= now()) this.#schedule();
    } catch {
      // calls report that the admission has ended
      if (attempt.signal.aborted) return;
      const waitMs = Math.max((this.#expiresAt - now()) / 2, this.#waitMs);
      this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
      if (now() + waitMs < this.#expiresAt) this.#renewIn(waitMs);
    } finally {
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }
}
