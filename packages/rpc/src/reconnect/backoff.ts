import { DIAL_TIMEOUT_MS } from "../defaults.ts";
import {
  checkNonNegative,
  checkRange,
  type Given,
  optionError,
  unknownOption,
  withoutUndefined,
} from "../option-check.ts";

/** The times between attempts to reconnect. */
export interface ReconnectOptions {
  /**
   * The wait after a failed attempt, or after a connection that lasted less than `healthyAfterMs`.
   * After a longer connection the first attempt is made at once. Default: 500.
   */
  readonly initialBackoffMs?: number | undefined;
  /** Each wait is this many times the one before. At least 1. Default: 1.6. */
  readonly multiplier?: number | undefined;
  /** The longest wait, without the jitter. Default: 30 000. */
  readonly maxBackoffMs?: number | undefined;
  /**
   * The random part of a wait, so that clients do not all come back at once: 0.2 for ±20 %. From 0
   * to 1. Default: 0.2.
   */
  readonly jitter?: number | undefined;
  /** A connection that has lasted this long resets the wait. Default: 30 000. */
  readonly healthyAfterMs?: number | undefined;
  /**
   * The timeout of one attempt, for dialing and admission together. Default: the client's
   * `timeoutMs`, else 20 000.
   */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * Multiplier and jitter are those of gRPC's connection back-off. The waits are shorter, because a
 * client has only one peer.
 */
const defaults: Required<Given<ReconnectOptions>> = {
  initialBackoffMs: 500,
  multiplier: 1.6,
  maxBackoffMs: 30_000,
  jitter: 0.2,
  healthyAfterMs: 30_000,
  connectTimeoutMs: DIAL_TIMEOUT_MS,
};

/** Throws INVALID_ARGUMENT for an unknown option and one that is out of range. */
export function checkReconnect(options: ReconnectOptions): void {
  const names = Object.keys(defaults);
  for (const [name, value] of Object.entries(withoutUndefined(options))) {
    if (!names.includes(name)) throw unknownOption(`reconnect.${name}`, names);
    checkNonNegative(`reconnect.${name}`, value);
  }
  const { multiplier = 1, jitter = 0 } = options;
  if (multiplier < 1) throw optionError("reconnect.multiplier", "at least 1", multiplier);
  checkRange("reconnect.jitter", jitter, 0, 1);
}

/** The time until the next attempt to connect. Times are readings of the clock. */
export class Backoff {
  readonly options: Required<Given<ReconnectOptions>>;
  #failures = 0;
  #startedAt = 0;
  #delayMs = 0;

  /** The options have passed {@link checkReconnect}. */
  constructor(options: ReconnectOptions) {
    this.options = { ...defaults, ...withoutUndefined(options) };
  }

  /** The rest of the wait. */
  remainingMs(now: number): number {
    return Math.max(0, this.#startedAt + this.#delayMs - now);
  }

  attemptStarted(now: number): void {
    this.#startedAt = now;
  }

  /** An attempt failed. */
  failed(): void {
    const { initialBackoffMs, multiplier, maxBackoffMs, jitter } = this.options;
    // an infinite factor would make NaN of an initial wait of 0
    const factor = Math.min(multiplier ** this.#failures, Number.MAX_VALUE);
    const waitMs = Math.min(initialBackoffMs * factor, maxBackoffMs);
    this.#failures += 1;
    this.#delayMs = waitMs * (1 + jitter * (2 * Math.random() - 1));
  }

  /** A connection was lost. Soon after it was made, that counts as a failure. */
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
