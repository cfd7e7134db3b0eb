import type { InterceptedCall, Next } from "@aster/contract";
import { NO_DEADLINE } from "../time/deadline.ts";
import { pause } from "./pause.ts";
import { RepeatableRequests } from "./repeatable-requests.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { RetryTokens } from "./retry-tokens.ts";
import { isUnprocessedCall } from "./unprocessed.ts";

/** The attempts of one call in an interceptor, one after the other. */
export class Attempts {
  readonly #call: InterceptedCall;
  readonly #next: Next;
  readonly #policy: RetryPolicy;
  readonly #tokens: RetryTokens;
  readonly #requests: RepeatableRequests;
  #made = 0;

  constructor(call: InterceptedCall, next: Next, policy: RetryPolicy, tokens: RetryTokens) {
    this.#call = call;
    this.#next = next;
    this.#policy = policy;
    this.#tokens = tokens;
    this.#requests = new RepeatableRequests(call.request, call.pattern);
  }

  /** Makes attempts until one of them has a result. Rejects with the error that ends the call. */
  async result(): Promise<unknown> {
    for (;;) {
      try {
        return await this.#attempt();
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  /** Waits after a failed attempt until the next one. Rejects with the error that ends the call. */
  async failed(error: unknown): Promise<void> {
    const delayMs = this.#delayMs(error);
    if (delayMs === undefined) {
      this.ended();
      throw error;
    }
    try {
      await pause(delayMs, this.#call.signal);
    } catch (reason) {
      this.ended();
      throw reason;
    }
  }

  /** The server has answered. */
  succeeded(): void {
    this.#tokens.succeeded();
    this.ended();
  }

  /** There is no further attempt. */
  ended(): void {
    this.#requests.release();
  }

  #attempt(): Promise<unknown> {
    const attempt = this.#call.attempt + this.#made;
    this.#made += 1;
    return this.#next({ ...this.#call, attempt, request: this.#requests.ofAttempt() });
  }

  #delayMs(error: unknown): number | undefined {
    const { idempotent, inSession, deadlineAt = NO_DEADLINE } = this.#call;
    // the state of a session may have changed, and a call that was not processed ended its session
    if (inSession || !this.#requests.repeatable) return undefined;
    const unprocessed = isUnprocessedCall(error, this.#call);
    const failed = { error, unprocessed, attempts: this.#made, idempotent, deadlineAt };
    return this.#policy.delayMs(failed, this.#tokens);
  }
}
