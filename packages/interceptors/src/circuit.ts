/** The state of a circuit breaker for one key. */
export type CircuitState = "closed" | "open" | "half-open";

/** The rules of all circuits of one breaker. */
export interface CircuitRules {
  readonly failureThreshold: number;
  readonly openMs: number;
}

/**
 * The recent failures of one key. A first failure makes it; a key without one is closed. Times are
 * readings of `now()`.
 */
export class Circuit {
  readonly #rules: CircuitRules;
  #state: CircuitState = "closed";
  #failures = 0;
  #openUntil = 0;
  #probing = false;

  constructor(rules: CircuitRules) {
    this.#rules = rules;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** A call may be made as the probe. */
  mayProbe(at: number): boolean {
    return this.#state === "half-open" ? !this.#probing : at >= this.#openUntil;
  }

  /** The time for which an open circuit refuses calls. */
  remainingMs(at: number): number {
    return this.#state === "open" ? Math.max(0, this.#openUntil - at) : 0;
  }

  /** A circuit whose loss changes little: it refuses no call. */
  isIdle(at: number): boolean {
    return this.#state === "closed" || this.mayProbe(at);
  }

  beginProbe(): void {
    this.#state = "half-open";
    this.#probing = true;
  }

  /** The probe ended without a result: the next call is the probe. */
  dropProbe(): void {
    this.#probing = false;
  }

  /** Counts a failure. Returns `true` when it opens the circuit. */
  failed(at: number): boolean {
    this.#failures += 1;
    if (this.#state === "closed" && this.#failures < this.#rules.failureThreshold) return false;
    this.#state = "open";
    this.#probing = false;
    this.#openUntil = at + this.#rules.openMs;
    return true;
  }
}
