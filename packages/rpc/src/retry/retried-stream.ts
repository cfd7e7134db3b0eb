import { MessageStream } from "../message/message-stream.ts";
import type { Attempts } from "./attempts.ts";

type Step = IteratorResult<unknown>;

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** The responses of a call in an interceptor that repeats it until the first one has arrived. */
export class RetriedStream extends MessageStream<unknown> {
  readonly #attempts: Attempts;
  #stream: AsyncIterator<unknown>;
  /** The first response, or the end, has arrived. */
  #begun = false;
  #over = false;
  /** The reads before that, which take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(attempts: Attempts, stream: unknown) {
    super();
    this.#attempts = attempts;
    this.#stream = iterated(stream);
  }

  override next(): Promise<Step> {
    if (this.#begun) return this.#stream.next();
    const step = this.#turn.then(() => this.#first());
    this.#turn = step.catch(() => {});
    return step;
  }

  override async return(): Promise<Step> {
    this.#over = true;
    this.#attempts.ended();
    await this.#stream.return?.();
    return done;
  }

  async #first(): Promise<Step> {
    while (!this.#begun && !this.#over) {
      try {
        const step = await this.#stream.next();
        this.#begun = true;
        this.#attempts.succeeded();
        return step;
      } catch (error) {
        if (this.#over) throw error;
        await this.#repeat(error);
      }
    }
    return this.#over ? done : this.#stream.next();
  }

  /** Rejects, once, when the call is over. */
  async #repeat(error: unknown): Promise<void> {
    try {
      await this.#attempts.failed(error);
      this.#stream = iterated(await this.#attempts.result());
    } catch (reason) {
      this.#over = true;
      throw reason;
    }
    if (this.#over) await this.#stream.return?.();
  }
}

function iterated(stream: unknown): AsyncIterator<unknown> {
  return (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
}
