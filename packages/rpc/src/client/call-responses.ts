import { RpcError } from "../error.ts";
import { MessageQueue } from "../message/message-queue.ts";
import { NO_DEADLINE } from "../time/deadline.ts";
import type { Timed, TimerSlot } from "../time/timer-slot.ts";
import { timers } from "../time/timer-wheel.ts";
import { leftError } from "./call-failure.ts";
import type { CallSetup, ObservedCall } from "./call-options.ts";
import type { Endable } from "./response-stream.ts";

/** The responses of a call, which also tell when it has ended. */
export class CallResponses extends MessageQueue<unknown> implements Endable, Timed {
  slot: TimerSlot | undefined;
  before: Timed | undefined;
  after: Timed | undefined;
  /** The call, or the attempt of it, that the responses come from. */
  source: { left(): void } | undefined;
  /** The call as its hooks see it, until it is over for its reader. */
  #observed: ObservedCall | undefined;
  #deadlineAt = NO_DEADLINE;
  #left = false;
  #ended = false;
  #error: unknown;
  #callback: ((error: unknown) => void) | undefined;

  whenEnded(callback: (error: unknown) => void): void {
    if (this.#ended) callback(this.#error);
    else this.#callback = callback;
  }

  /** The call has ended, with `error` or with OK. */
  ended(error: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#callback?.(error);
  }

  /** Sets the call that is observed, before it begins. */
  observe({ observed, deadlineAt }: CallSetup): void {
    this.#observed = observed;
    this.#deadlineAt = deadlineAt;
  }

  /** The server ended the call with OK. A reader that does not come ends it at the deadline. */
  succeeded(): void {
    this.finish();
    if (this.#observed === undefined || this.#deadlineAt === NO_DEADLINE) return;
    timers.add(this, this.#deadlineAt);
  }

  /** The call has failed after this number of responses. */
  failed(error: unknown, responses: number): void {
    this.#over(error, responses);
  }

  expired(): void {
    this.#over(undefined);
  }

  override return(): Promise<IteratorResult<unknown, undefined>> {
    this.#left = true;
    const result = super.return();
    if (this.#observed !== undefined) this.#over(leftError());
    return result;
  }

  protected override passed(error: unknown): void {
    if (!this.#left) this.#over(error);
  }

  #over(error: unknown, responses = this.taken): void {
    const observed = this.#observed;
    if (observed === undefined) return;
    this.#observed = undefined;
    timers.remove(this);
    observed.responses = responses;
    observed.ended(error === undefined ? undefined : RpcError.from(error));
  }
}
