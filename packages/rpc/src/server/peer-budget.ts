import { nextTurn } from "../time/turn.ts";
import { heldTooMuch } from "./errors.ts";
import type { BudgetWaiter, ServerBudget } from "./server-budget.ts";

/**
 * The bytes that one peer makes the server hold, over all its connections, and the calls that it
 * runs: decoded requests, requests that wait, and answers that the peer does not read.
 */
export class PeerBudget {
  readonly server: ServerBudget;
  readonly maxCalls: number;
  /** Bytes of requests, and of answers that wait for the send buffer. */
  heldBytes = 0;
  /** Bytes of answers in send buffers. */
  unsentBytes = 0;
  /** Bytes of frames that wait in their channels. */
  keptBytes = 0;
  calls = 0;
  connections = 0;
  readonly #maxBytes: number;
  /** A call that waited for room goes on in this turn of the event loop. */
  #passed = false;

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

  /** Returns whether one more frame may wait in its channel, which is paused. */
  mayKeep(bytes: number): boolean {
    const held = this.heldBytes + this.keptBytes;
    return held === 0 || held + bytes <= this.#maxBytes;
  }

  /** The bytes of frames that wait in their channels have changed by so many. */
  changeKept(change: number): void {
    this.keptBytes += change;
    this.server.heldBytes += change;
    if (change < 0) this.server.wake();
  }

  /** Counts bytes in. Throws RESOURCE_EXHAUSTED, and counts nothing, when they do not fit. */
  take(bytes: number): void {
    if (!this.fits(bytes)) {
      throw heldTooMuch(this.heldBytes + bytes > this.#maxBytes, this.server.limits);
    }
    this.hold(bytes);
  }

  /**
   * The peer has to read answers before it gets more of them. Requests do not stop answers, because
   * these end the calls that hold them.
   */
  get crowded(): boolean {
    if (this.unsentBytes === 0) return false;
    return this.unsentBytes >= this.#maxBytes || !this.server.fits(this.unsentBytes, 1);
  }

  /**
   * Resolves when the peer is not crowded, or the call is over. One call at a time goes on, so that
   * its answer counts before the next one does.
   */
  room(call: { readonly over: boolean }): Promise<void> {
    return new Promise((resolve) => {
      const waiter: BudgetWaiter = {
        retry: () => {
          if (call.over || (!this.crowded && this.#passes())) resolve();
          else this.server.wait(waiter);
        },
      };
      this.server.wait(waiter);
    });
  }

  #passes(): boolean {
    if (this.#passed) return false;
    this.#passed = true;
    void nextTurn().then(() => {
      this.#passed = false;
      this.server.wake();
    });
    return true;
  }

  /** Counts bytes in that are held already. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
    this.server.heldBytes += bytes;
  }

  /** The bytes of answers in send buffers have changed by so many. */
  changeUnsent(change: number): void {
    this.unsentBytes += change;
    this.server.heldBytes += change;
    if (change < 0) this.server.wake();
  }

  free(bytes: number): void {
    this.heldBytes -= bytes;
    this.server.heldBytes -= bytes;
    this.server.wake();
  }
}
