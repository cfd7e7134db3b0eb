import type { ConnectionStats } from "@aster/transport";

/**
 * An answer may take this long, or this many round trips if that is longer, before the peer counts
 * as silent.
 */
const PATIENCE_MS = 2000;
const PATIENCE_ROUND_TRIPS = 3;
/**
 * One send may be an acknowledgement, which is not answered. QUIC repeats everything that is not
 * acknowledged.
 */
const UNANSWERED_SENDS = 3;

type Reading = Pick<ConnectionStats, "sentBytes" | "receivedBytes" | "rttMs">;

/**
 * Finds out from the counters of a connection, read again and again, that a peer does not answer.
 */
export class Silence {
  #sentBytes = 0;
  #receivedBytes = -1;
  #sends = 0;
  #since = 0;

  /** Nothing was sent since the peer's last answer. */
  get calm(): boolean {
    return this.#sends === 0;
  }

  /**
   * Takes the counters at this time. Returns whether data was sent several times and nothing came
   * back for too long.
   */
  read({ sentBytes, receivedBytes, rttMs }: Reading, atMs: number): boolean {
    if (receivedBytes !== this.#receivedBytes) {
      this.#receivedBytes = receivedBytes;
      this.#sentBytes = sentBytes;
      this.#sends = 0;
    } else if (sentBytes !== this.#sentBytes) {
      this.#sentBytes = sentBytes;
      if (this.#sends === 0) this.#since = atMs;
      this.#sends += 1;
    }
    const patienceMs = Math.max(PATIENCE_MS, PATIENCE_ROUND_TRIPS * rttMs);
    return this.#sends >= UNANSWERED_SENDS && atMs - this.#since >= patienceMs;
  }
}
