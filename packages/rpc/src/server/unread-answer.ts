import type { Channel } from "@aster/transport";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { CallOwner } from "./call-owner.ts";

/** Keep-alives of a connection on which nothing else is sent stay below this. */
const PROGRESS_BYTES = 4096;

/**
 * The end of an answer that its caller has not read. Its call counts as running, and its bytes in
 * the budget of the peer, until the answer has left or the caller stops reading for too long.
 */
export class UnreadAnswer implements Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  readonly #owner: CallOwner;
  readonly #channel: Channel;
  #sentBytes: number;

  constructor(owner: CallOwner, call: AdmittedCall, channel: Channel) {
    this.#owner = owner;
    this.#channel = channel;
    this.#sentBytes = channel.connection.stats().sentBytes;
    const held = channel.unsentBytes ?? 0;
    owner.budget.holdUnsent(held);
    owner.core.unread.add(this);
    void channel.drained().then(() => {
      owner.core.unread.remove(this);
      owner.budget.freeUnsent(held);
      owner.release(call);
    });
  }

  expired(): void {
    const { sentBytes } = this.#channel.connection.stats();
    if (sentBytes - this.#sentBytes < PROGRESS_BYTES) {
      this.#owner.stalled(this.#channel);
      return;
    }
    this.#sentBytes = sentBytes;
    this.#owner.core.unread.add(this);
  }
}
