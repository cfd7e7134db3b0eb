import type { MessageQueue } from "../message/message-queue.ts";
import type { PeerBudget } from "./peer-budget.ts";
import type { BudgetWaiter } from "./server-budget.ts";

/** The reader of the frame, which may hold it again. */
export interface FrameReader {
  frame(flags: number, payload: Uint8Array): void;
}

/**
 * A message of a stream that waits until it fits into the budget of its peer. Until then its stream
 * is paused, so that flow control stops the peer.
 */
export class HeldFrame implements BudgetWaiter {
  readonly #budget: PeerBudget;
  readonly #queue: MessageQueue<unknown>;
  readonly #reader: FrameReader;
  readonly #flags: number;
  readonly #payload: Uint8Array;

  /** Throws RESOURCE_EXHAUSTED when not even the bytes as they came fit. */
  constructor(
    budget: PeerBudget,
    queue: MessageQueue<unknown>,
    reader: FrameReader,
    flags: number,
    payload: Uint8Array,
  ) {
    budget.take(payload.length);
    this.#budget = budget;
    this.#queue = queue;
    this.#reader = reader;
    this.#flags = flags;
    this.#payload = payload.slice();
    queue.block();
    budget.server.wait(this);
  }

  retry(): void {
    this.#budget.free(this.#payload.length);
    this.#queue.unblock();
    this.#reader.frame(this.#flags, this.#payload);
  }

  /** Drops the frame: its call has ended. */
  drop(): void {
    this.#budget.server.stopWaiting(this);
    this.#budget.free(this.#payload.length);
    this.#queue.unblock();
  }
}
