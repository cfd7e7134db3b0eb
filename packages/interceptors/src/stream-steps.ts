type Step = IteratorResult<unknown>;
type Source = AsyncIterable<unknown> | Iterable<unknown>;

/** Runs one step of a stream: its next message, or its end by the reader. */
export type RunStep = (step: () => Step | Promise<Step>) => Promise<Step>;

/**
 * Runs the steps of a stream of responses with a function, which must return their results. Returns
 * any other response as it is. Nothing is read ahead.
 */
export function withSteps(response: unknown, run: RunStep): unknown {
  return isSource(response) ? new SteppedStream(response, run) : response;
}

function isSource(value: unknown): value is Source {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** Not a generator, because that does not notice a reader that leaves before the first message. */
class SteppedStream implements AsyncIterableIterator<unknown> {
  readonly #source: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #run: RunStep;

  constructor(source: Source, run: RunStep) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#run = run;
  }

  next(): Promise<Step> {
    return this.#run(() => this.#source.next());
  }

  return(value?: unknown): Promise<Step> {
    return this.#run(() => this.#source.return?.(value) ?? { done: true, value });
  }

  async throw(error?: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
