import type { ConnectionStats } from "@aster/transport";

/** So long an answer may be out for without a doubt, or so many round trips if that is longer. */
const PATIENCE_MS = 2000;
const PATIENCE_ROUND_TRIPS = 3;
/** One sending may have been an acknowledgement, which nobody answers; QUIC repeats what is not acknowledged. */
const SENDINGS = 3;

type Reading = Pick<ConnectionStats, "sentBytes" | "receivedBytes" | "rttMs">;

/** Whether a peer leaves what we send unanswered, by readings of the connection's counters, one after another. */
export class Silence {
  #sentBytes = 0;
  #receivedBytes = -1;
  #sendings = 0;
  #since = 0;

  /** Nothing that we have sent is out without an answer. */
  get calm(): boolean {
    return this.#sendings === 0;
  }

  /** Takes what the counters say at this time. Says whether we have sent again and again and nothing has come for too long. */
  read({ sentBytes, receivedBytes, rttMs }: Reading, atMs: number): boolean {
    if (receivedBytes !== this.#receivedBytes) {
      this.#receivedBytes = receivedBytes;
      this.#sentBytes = sentBytes;
      this.#sendings = 0;
    } else if (sentBytes !== this.#sentBytes) {
      this.#sentBytes = sentBytes;
      if (this.#sendings === 0) this.#since = atMs;
      this.#sendings += 1;
    }
    const patienceMs = Math.max(PATIENCE_MS, PATIENCE_ROUND_TRIPS * rttMs);
    return this.#sendings >= SENDINGS && atMs - this.#since >= patienceMs;
  }
}
