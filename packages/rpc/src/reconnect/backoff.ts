import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

export interface ReconnectOptions {
  /**
   * Before the attempt that follows a failed one, or a connection that did not last; after one that did, the first attempt is
   * made at once. Default 500.
   */
  readonly initialBackoffMs?: number;
  /** By how much each wait is longer than the one before. Default 1.6. */
  readonly multiplier?: number;
  /** No wait is longer, but for the jitter. Default 30 000. */
  readonly maxBackoffMs?: number;
  /** How far a wait is off at random, so that clients do not come back all at once: 0.2 for ±20 %. Default 0.2. */
  readonly jitter?: number;
  /** A connection that has lasted this long makes earlier failures forgotten. Default 30 000. */
  readonly healthyAfterMs?: number;
  /** For one attempt: dialling and admission together. Default 20 000. */
  readonly connectTimeoutMs?: number;
}

const defaults: Required<ReconnectOptions> = {
  initialBackoffMs: 500,
  multiplier: 1.6,
  maxBackoffMs: 30_000,
  jitter: 0.2,
  healthyAfterMs: 30_000,
  connectTimeoutMs: 20_000,
};

/** When the next attempt to connect may be made. Times are readings of the clock. */
export class Backoff {
  readonly options: Required<ReconnectOptions>;
  #failures = 0;
  #startedAt = 0;
  #delayMs = 0;

  /** Throws INVALID_ARGUMENT for options that are no waits. */
  constructor(options: ReconnectOptions) {
    this.options = { ...defaults, ...options };
    for (const [name, value] of Object.entries(this.options)) {
      if (Number.isFinite(value) && value >= 0) continue;
      throw invalid(`reconnect.${name} must be a number that is not negative`);
    }
    if (this.options.multiplier < 1) throw invalid("reconnect.multiplier must be 1 or more");
    if (this.options.jitter > 1) throw invalid("reconnect.jitter must be 1 at most");
  }

  /** How long to wait yet. */
  remainingMs(now: number): number {
    return Math.max(0, this.#startedAt + this.#delayMs - now);
  }

  attemptStarted(now: number): void {
    this.#startedAt = now;
  }

  /** An attempt came to nothing. */
  failed(): void {
    const { initialBackoffMs, multiplier, maxBackoffMs, jitter } = this.options;
    const waitMs = Math.min(initialBackoffMs * multiplier ** this.#failures, maxBackoffMs);
    this.#failures += 1;
    this.#delayMs = waitMs * (1 + jitter * (2 * Math.random() - 1));
  }

  /** A connection was lost: soon after it was made, that counts as a failure. */
  lost(livedMs: number, now: number): void {
    if (livedMs >= this.options.healthyAfterMs) {
      this.#failures = 0;
      this.#delayMs = 0;
      return;
    }
    this.failed();
    this.#startedAt = now;
  }
}

function invalid(text: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, text);
}
