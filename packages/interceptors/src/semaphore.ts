import { RpcError } from "@aster/rpc";

interface Waiter {
  readonly admit: () => void;
  before: Waiter | undefined;
  after: Waiter | undefined;
}

/** A number of permits, and a queue for those that wait for one: first come, first served. */
export class Semaphore {
  #free: number;
  #waiting = 0;
  readonly #permits: number;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  constructor(permits: number) {
    this.#permits = permits;
    this.#free = permits;
  }

  /** The number of waiters. */
  get waiting(): number {
    return this.#waiting;
  }

  /** No permit is taken. */
  get idle(): boolean {
    return this.#free === this.#permits;
  }

  /** Takes a permit. Returns `false` if there is none. */
  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /**
   * Resolves when it has taken a permit, in the order of the calls. Rejects when the signal fires
   * first, with its reason as an `RpcError`.
   */
  take(signal: AbortSignal): Promise<void> {
    if (this.tryTake()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
        before: this.#last,
        after: undefined,
      };
      const leave = (): void => {
        this.#remove(waiter);
        reject(RpcError.from(signal.reason));
      };
      this.#add(waiter);
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Returns a permit, which the first waiter gets. */
  release(): void {
    const first = this.#first;
    if (first === undefined) {
      this.#free += 1;
      return;
    }
    this.#remove(first);
    first.admit();
  }

  #add(waiter: Waiter): void {
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.after = waiter;
    this.#last = waiter;
    this.#waiting += 1;
  }

  #remove({ before, after }: Waiter): void {
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#waiting -= 1;
  }
}
