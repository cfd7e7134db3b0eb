/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** An event that can happen many times. All that wait share one promise for the next time. */
export class Signal {
  #next: Deferred<void> | undefined;

  wait(): Promise<void> {
    this.#next ??= deferred();
    return this.#next.promise;
  }

  give(): void {
    this.#next?.resolve();
    this.#next = undefined;
  }
}
