import type { Connection } from "@aster/transport";
import type { RpcLimits } from "../limits.ts";
import { now } from "../time/clock.ts";
import { nextTurn } from "../time/turn.ts";
import { PeerBudget } from "./peer-budget.ts";

/** The part of the free room that one peer may have, while others have some too. */
const SHARE = 4;
/** This part of the room is for peers that have nothing. */
const RESERVE = 1 / 4;

/** Messages that were waiting take no more than this of one turn of the event loop. */
const TURN_MS = 10;

/** A message that waits until bytes are free. */
export interface BudgetWaiter {
  /** Tries again. The waiter has left the queue, and may enter it again. */
  retry(): void;
}

/**
 * The bytes that all peers together make a server hold, and the calls that they run.
 *
 * `ServerCore` has one. Each connection counts on the {@link PeerBudget} of its peer, which counts
 * here as well.
 */
export class ServerBudget {
  readonly limits: RpcLimits;
  heldBytes = 0;
  calls = 0;
  readonly #peers = new Map<string, PeerBudget>();
  readonly #waiting = new Set<BudgetWaiter>();
  #waking = false;

  constructor(limits: RpcLimits) {
    this.limits = limits;
  }

  /** The budget of the peer of a connection, which all of its connections share. */
  peerOf(connection: Connection): PeerBudget {
    const { peer } = connection;
    // peers in the same process count, but only the limits of the server hold for them
    if (connection.trusted) return new PeerBudget(this, true);
    const budget = this.#peers.get(peer) ?? new PeerBudget(this, false);
    this.#peers.set(peer, budget);
    budget.connections += 1;
    void connection.closed.then(() => {
      budget.connections -= 1;
      if (budget.connections === 0) this.#peers.delete(peer);
    });
    return budget;
  }

  /** The bytes of messages that have not arrived whole have changed by so many. */
  changeArriving(change: number): void {
    this.heldBytes += change;
    if (change < 0) this.wake();
  }

  /** Returns whether a peer that holds `ofPeer` bytes may hold `bytes` more. */
  fits(ofPeer: number, bytes: number): boolean {
    const { maxHeldBytes } = this.limits;
    const free = maxHeldBytes - this.heldBytes;
    if (bytes > free) return false;
    if (ofPeer === 0 || ofPeer === this.heldBytes) return true;
    return ofPeer + bytes <= (free - maxHeldBytes * RESERVE) * SHARE;
  }

  /** Returns whether a peer that runs `ofPeer` calls may run another one. */
  takesCall(ofPeer: number): boolean {
    const { maxCalls } = this.limits;
    const free = maxCalls - this.calls;
    if (free <= 0) return false;
    if (ofPeer === 0 || ofPeer === this.calls) return true;
    return ofPeer < (free - maxCalls * RESERVE) * SHARE;
  }

  /** Calls `retry` of the waiter after bytes were freed. */
  wait(waiter: BudgetWaiter): void {
    this.#waiting.add(waiter);
  }

  stopWaiting(waiter: BudgetWaiter): void {
    this.#waiting.delete(waiter);
  }

  /**
   * Bytes were freed. The waiters try again, in order, from the next turn of the event loop on: a
   * message that was waiting may take long to read.
   */
  wake(): void {
    if (this.#waking || this.#waiting.size === 0) return;
    this.#waking = true;
    void nextTurn().then(() => {
      this.#waking = false;
      this.#retryAll();
    });
  }

  #retryAll(): void {
    const startedAt = now();
    for (const waiter of [...this.#waiting]) {
      if (!this.#waiting.delete(waiter)) continue;
      waiter.retry();
      if (now() - startedAt <= TURN_MS) continue;
      this.wake();
      return;
    }
  }
}
