import { RpcError, StatusCode } from "@aster/rpc";
import { type InterceptedCall, type Next, now } from "@aster/rpc/interceptor";

/** The end of a call. */
export interface Outcome {
  /** A status code; 0 is OK. */
  readonly code: number;
  readonly durationMs: number;
}

/**
 * Continues the call and calls `ended` once at its end. A stream of responses ends with its last
 * message, with an error, or with CANCELLED if its reader stops early.
 */
export async function observe(
  call: InterceptedCall,
  next: Next,
  ended: (outcome: Outcome) => void,
): Promise<unknown> {
  const observation = new Observation(ended);
  let response: unknown;
  try {
    response = await next(call);
  } catch (reason) {
    observation.failed(reason);
    throw reason;
  }
  if (isAsyncIterable(response)) return new ObservedStream(response, observation);
  observation.end(StatusCode.OK);
  return response;
}

class Observation {
  readonly #startedAt: number = now();
  readonly #ended: (outcome: Outcome) => void;
  #over = false;

  constructor(ended: (outcome: Outcome) => void) {
    this.#ended = ended;
  }

  failed(reason: unknown): void {
    this.end(RpcError.from(reason).code);
  }

  end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended({ code, durationMs: now() - this.#startedAt });
  }
}

/**
 * A stream that reports its end. It is not an async generator, because a generator is not notified
 * of a reader that stops before the first message.
 */
class ObservedStream implements AsyncIterableIterator<unknown> {
  readonly #messages: AsyncIterator<unknown>;
  readonly #observation: Observation;

  constructor(messages: AsyncIterable<unknown>, observation: Observation) {
    this.#messages = messages[Symbol.asyncIterator]();
    this.#observation = observation;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const step = await this.#messages.next();
      if (step.done) this.#observation.end(StatusCode.OK);
      return step;
    } catch (reason) {
      this.#observation.failed(reason);
      throw reason;
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#observation.end(StatusCode.CANCELLED);
    return (await this.#messages.return?.(value)) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<never> {
    await this.return();
    throw error;
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
