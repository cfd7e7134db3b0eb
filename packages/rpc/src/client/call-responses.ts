import { MessageQueue } from "../message/message-queue.ts";
import type { Endable } from "./response-stream.ts";

/** The responses of a call, which also tell when it has ended. */
export class CallResponses extends MessageQueue<unknown> implements Endable {
  /** The call, or the attempt of it, that the responses come from. */
  source: { left(): void } | undefined;
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
}
