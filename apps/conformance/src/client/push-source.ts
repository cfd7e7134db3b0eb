/** An async iterable whose values are pushed by its owner. */
export class PushSource<T> implements AsyncIterableIterator<T, undefined> {
  readonly #waiting: ((step: IteratorResult<T, undefined> | Promise<never>) => void)[] = [];
  readonly #steps: (IteratorResult<T, undefined> | Promise<never>)[] = [];

  push(value: T): void {
    this.#add({ done: false, value });
  }

  end(): void {
    this.#add({ done: true, value: undefined });
  }

  fail(error: Error): void {
    const failure = Promise.reject(error);
    // it may never be awaited
    failure.catch(() => {});
    this.#add(failure);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const step = this.#steps.shift();
    if (step !== undefined) return Promise.resolve(step);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #add(step: IteratorResult<T, undefined> | Promise<never>): void {
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#steps.push(step);
    else resolve(step);
  }
}
