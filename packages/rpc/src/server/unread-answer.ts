import type { Channel } from "@aster/transport";
import type { Sweep } from "../time/sweep.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";

/** The call or the connection of an {@link UnreadAnswer}. */
export interface AnswerOwner {
  /** The answer has left, or its channel is over. */
  left(): void;
  /** Nothing of the answer has left for the time of the sweep. */
  stalled(): void;
}

/**
 * The end of an answer that its caller has not read. It counts as a running call until it has left,
 * or the caller stops reading for too long.
 */
export class UnreadAnswer implements Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly #sweep: Sweep;
  readonly #channel: Channel;
  readonly #owner: AnswerOwner;
  #unsentBytes = Number.POSITIVE_INFINITY;
  #left = false;

  constructor(sweep: Sweep, channel: Channel, owner: AnswerOwner) {
    this.#sweep = sweep;
    this.#channel = channel;
    this.#owner = owner;
    sweep.add(this);
    void channel.measureUnsent?.().then((bytes) => {
      this.#unsentBytes = bytes;
    });
    void channel.drained().then(() => {
      this.#left = true;
      sweep.remove(this);
      owner.left();
    });
  }

  expired(): void {
    void this.#check();
  }

  async #check(): Promise<void> {
    const bytes = await this.#channel.measureUnsent?.();
    if (this.#left) return;
    if (bytes !== undefined && bytes >= this.#unsentBytes) {
      this.#owner.stalled();
      return;
    }
    if (bytes !== undefined) this.#unsentBytes = bytes;
    this.#sweep.add(this);
  }
}
