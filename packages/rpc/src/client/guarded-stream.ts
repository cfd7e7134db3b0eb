import { withStack } from "../call-stack.ts";
import { RpcError } from "../error.ts";
import { MessageStream } from "../message/message-stream.ts";
import { nextTurn } from "../time/turn.ts";
import type { EndFollower } from "./call-ending.ts";
import { leftError } from "./call-failure.ts";
import type { CallGuard } from "./call-guard.ts";
import type { ObservedCall } from "./call-options.ts";
import type { Endable, ResponseStream } from "./response-stream.ts";

type Step = IteratorResult<unknown, undefined>;

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * The stream of responses of a call with interceptors, also before they have opened it. Every wait
 * ends with the call.
 */
export class GuardedStream
  extends MessageStream<unknown, undefined>
  implements ResponseStream<unknown>, Endable, EndFollower
{
  readonly #guard: CallGuard;
  /** The call as the hooks outside of the interceptors see it. */
  readonly #observed: ObservedCall | undefined;
  readonly #opening: Promise<AsyncIterator<unknown, undefined>>;
  #open = false;
  #over = false;
  #pending = 0;

  constructor(opening: Promise<unknown>, guard: CallGuard, observed?: ObservedCall) {
    super();
    this.#guard = guard;
    this.#observed = observed;
    if (observed !== undefined) {
      if (guard.ended === undefined) guard.follow(this);
      else observed.ended(guard.ended);
    }
    this.#opening = opening.then((stream) => {
      this.#open = true;
      return (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    });
    // `next()` rejects with the error; a stream that is never read must not cause an unhandled
    // rejection
    this.#opening.catch((error: unknown) => {
      guard.finish();
      this.#failed(error);
    });
  }

  /** The call is over, also for a reader that does not come. */
  callEnded(error: RpcError): void {
    this.#observed?.ended(error);
  }

  /** A stream that an interceptor made itself does not tell it before it is read. */
  whenEnded(callback: (error: unknown) => void): void {
    const guard = this.#guard;
    const ended = (): void => void nextTurn().then(() => callback(guard.ended));
    if (guard.ended !== undefined) ended();
    guard.signal.addEventListener("abort", ended, { once: true });
    const opened = (stream: Partial<Endable>): void => stream.whenEnded?.(callback);
    this.#opening.then((stream) => opened(stream as Partial<Endable>), callback);
  }

  override async next(): Promise<Step> {
    if (this.#over) return done;
    this.#pending += 1;
    try {
      const step = await this.#guard.settled(this.#next());
      if (step.done) {
        this.#finish();
        this.#observed?.ended(undefined);
      } else if (this.#observed !== undefined) this.#observed.responses += 1;
      return step;
    } catch (error) {
      this.#finish();
      this.#failed(error);
      if (error === this.#guard.ended) this.#leave().catch(() => {});
      throw withStack(error);
    } finally {
      this.#pending -= 1;
    }
  }

  override async return(): Promise<Step> {
    const guard = this.#guard;
    this.#over = true;
    this.#observed?.ended(leftError());
    if (!this.#open) guard.end(leftError());
    // a generator does not return while it waits for something else
    else if (this.#pending > 0) void nextTurn().then(() => guard.end(leftError()));
    await guard.result(this.#leave()).catch((error: unknown) => {
      if (error !== guard.ended) throw error;
    });
    return done;
  }

  #finish(): void {
    this.#over = true;
    this.#guard.finish();
  }

  #failed(error: unknown): void {
    this.#observed?.ended(RpcError.from(error));
  }

  async #next(): Promise<Step> {
    return (await this.#opening).next();
  }

  async #leave(): Promise<void> {
    const stream = await this.#opening.catch(() => undefined);
    await stream?.return?.();
  }
}
