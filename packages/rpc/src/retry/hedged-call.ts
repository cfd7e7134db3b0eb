import type { InterceptedCall, Next } from "@aster/contract";
import { abortedError } from "../client/call-failure.ts";
import type { RpcError } from "../error.ts";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";
import { NO_DEADLINE } from "../time/deadline.ts";
import { pushbackMs } from "./push-back.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { RetryTokens } from "./retry-tokens.ts";

export interface HedgedCallOptions {
  readonly policy: RetryPolicy;
  readonly delayMs: number;
  readonly tokens: RetryTokens;
}

/** The attempts of one call in an interceptor, of which several run at a time. */
export class HedgedCall {
  /** The first answer, or the error that ends the call. */
  readonly answer: Promise<unknown>;
  readonly #call: InterceptedCall;
  readonly #next: Next;
  readonly #options: HedgedCallOptions;
  /** The attempts that have not ended. */
  readonly #running = new Set<AbortController>();
  #resolve: (answer: unknown) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #timer: Timer | undefined;
  #made = 0;
  /** No further attempt may be made. */
  #stopped = false;
  #lastError: unknown;

  constructor(call: InterceptedCall, next: Next, options: HedgedCallOptions) {
    this.#call = call;
    this.#next = next;
    this.#options = options;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (call.signal.aborted) this.handleEvent();
    else {
      call.signal.addEventListener("abort", this);
      this.#attempt();
    }
  }

  /** The signal of the call has fired. */
  handleEvent(): void {
    const { signal } = this.#call;
    this.#end(signal.reason);
    this.#reject(abortedError(signal));
  }

  get #mayGoOn(): boolean {
    return !this.#stopped && this.#made < this.#options.policy.rules.maxAttempts;
  }

  #attempt(): void {
    const abort = new AbortController();
    this.#running.add(abort);
    const attempt = this.#call.attempt + this.#made;
    this.#made += 1;
    this.#schedule(this.#options.delayMs);
    // to the present producer and to another one in turn
    const elsewhere = this.#made % 2 === 0;
    this.#next({ ...this.#call, attempt, elsewhere, signal: abort.signal }).then(
      (answer) => this.#answered(abort, answer),
      (error) => this.#failed(abort, error),
    );
  }

  /** Makes the next attempt after a time, if one may be made. */
  #schedule(delayMs: number): void {
    this.#clearTimer();
    if (!this.#mayGoOn) return;
    this.#timer = setTimer(() => {
      this.#timer = undefined;
      this.#further();
      this.#endIfIdle();
    }, delayMs);
  }

  /** Makes the next attempt, if one may be made and there is a token for it. */
  #further(): void {
    if (!this.#mayGoOn) return;
    if (this.#options.tokens.take(undefined)) this.#attempt();
    else this.#stop();
  }

  #answered(abort: AbortController, answer: unknown): void {
    if (!this.#running.delete(abort)) return;
    this.#options.tokens.succeeded();
    this.#end();
    this.#resolve(answer);
  }

  #failed(abort: AbortController, error: unknown): void {
    if (!this.#running.delete(abort)) return;
    if (!this.#options.policy.isTransient(error)) {
      this.#end();
      this.#reject(error);
      return;
    }
    this.#lastError = error;
    const waitMs = pushbackMs(error as RpcError);
    if (waitMs === undefined) this.#further();
    else if (waitMs < 0 || now() + waitMs >= (this.#call.deadlineAt ?? NO_DEADLINE)) this.#stop();
    else this.#schedule(waitMs);
    this.#endIfIdle();
  }

  /** Ends the call with its last error when no attempt runs or is due. */
  #endIfIdle(): void {
    if (this.#running.size > 0 || this.#timer !== undefined) return;
    this.#end();
    this.#reject(this.#lastError);
  }

  #stop(): void {
    this.#stopped = true;
    this.#clearTimer();
  }

  /** Cancels the attempts that still run. */
  #end(reason?: unknown): void {
    this.#stop();
    this.#call.signal.removeEventListener("abort", this);
    const running = [...this.#running];
    this.#running.clear();
    for (const abort of running) abort.abort(reason);
  }

  #clearTimer(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
