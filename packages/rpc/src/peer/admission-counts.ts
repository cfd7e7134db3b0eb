import type { AdmissionOutcome } from "@aster/trust";

/** The outcomes of admission requests since the start. */
export interface AdmissionStats {
  readonly admitted: number;
  /** Peers that the gate refused. */
  readonly denied: number;
  /**
   * Requests that could not be read, peers that disconnected before the answer, and gates that
   * failed.
   */
  readonly errors: number;
  /** The duration of the last successful admission; 0 before the first. */
  readonly lastMs: number;
}

/** Counts admissions as they end. */
export class AdmissionCounts {
  #admitted = 0;
  #denied = 0;
  #errors = 0;
  #lastMs = 0;

  count({ admitted, error }: AdmissionOutcome, tookMs: number): void {
    if (admitted) {
      this.#admitted += 1;
      this.#lastMs = tookMs;
    } else if (error === undefined) this.#denied += 1;
    else this.#errors += 1;
  }

  stats(): AdmissionStats {
    return {
      admitted: this.#admitted,
      denied: this.#denied,
      errors: this.#errors,
      lastMs: this.#lastMs,
    };
  }
}
