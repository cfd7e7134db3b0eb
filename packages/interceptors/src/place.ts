import type { InterceptedCall, Next } from "@aster/rpc/interceptor";
import { withSteps } from "./stream-steps.ts";

/**
 * The place of a call on a server. It is given back when the call is over and no code of the
 * handler runs: a handler may go on after its caller has left.
 */
export class Place {
  readonly #leave: () => void;
  #running = 0;
  #over = false;
  #left = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  /** The status of the call is known. */
  callOver(): void {
    this.#over = true;
    this.#check();
  }

  /** Runs the handler. A stream that it returns is part of it. */
  async run(call: InterceptedCall, next: Next): Promise<unknown> {
    const response = await this.#during(() => next(call));
    const streams = call.pattern === "server_stream" || call.pattern === "bidi_stream";
    return streams ? withSteps(response, (step) => this.#during(step)) : response;
  }

  async #during<T>(work: () => T | Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#check();
    }
  }

  #check(): void {
    if (!this.#over || this.#running > 0 || this.#left) return;
    this.#left = true;
    this.#leave();
  }
}
