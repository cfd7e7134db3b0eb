import { heldTooMuch } from "./errors.ts";
import type { ServerBudget } from "./server-budget.ts";

/**
 * The bytes that one peer makes the server hold, over all its connections, and the calls that it
 * runs: decoded requests, requests that wait, and answers that the peer does not read.
 */
export class PeerBudget {
  readonly server: ServerBudget;
  readonly maxCalls: number;
  heldBytes = 0;
  calls = 0;
  connections = 0;
  readonly #maxBytes: number;

  constructor(server: ServerBudget, trusted: boolean) {
    const { maxHeldBytesPerPeer, maxCallsPerPeer } = server.limits;
    this.server = server;
    this.#maxBytes = trusted ? Number.POSITIVE_INFINITY : maxHeldBytesPerPeer;
    this.maxCalls = trusted ? Number.POSITIVE_INFINITY : maxCallsPerPeer;
  }

  /**
   * Returns whether the peer may hold `bytes` more. A peer that holds nothing may have one message
   * of any size, as far as the server has room.
   */
  fits(bytes: number): boolean {
    const held = this.heldBytes;
    return (held === 0 || held + bytes <= this.#maxBytes) && this.server.fits(held, bytes);
  }

  /** Counts bytes in. Throws RESOURCE_EXHAUSTED, and counts nothing, when they do not fit. */
  take(bytes: number): void {
    if (!this.fits(bytes)) {
      throw heldTooMuch(this.heldBytes + bytes > this.#maxBytes, this.server.limits);
    }
    this.hold(bytes);
  }

  /** Counts bytes in that are held already. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
    this.server.heldBytes += bytes;
  }

  free(bytes: number): void {
    this.heldBytes -= bytes;
    this.server.heldBytes -= bytes;
    this.server.wake();
  }
}
