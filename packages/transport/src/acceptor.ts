import type { Connection } from "./connection.ts";
import { Signal } from "./signal.ts";

/** Connections that wait to be taken; further diallers wait for a seat. */
const BACKLOG = 64;

/** The connections of some ALPNs, in the order they came. */
export class Acceptor implements AsyncIterableIterator<Connection> {
  readonly #raw: ReadonlySet<string>;
  readonly #returned: () => void;
  readonly #ready: Connection[] = [];
  readonly #readers: ((result: IteratorResult<Connection>) => void)[] = [];
  readonly #seat = new Signal();
  #over = false;

  constructor(raw: readonly string[], returned: () => void) {
    this.#raw = new Set(raw);
    this.#returned = returned;
  }

  get over(): boolean {
    return this.#over;
  }

  /** No further connection may wait. */
  get full(): boolean {
    return this.#ready.length >= BACKLOG;
  }

  isRaw(alpn: string): boolean {
    return this.#raw.has(alpn);
  }

  /** Resolves when a connection can be offered, or none will be taken any more. */
  async room(): Promise<void> {
    while (!this.#over && this.full) await this.#seat.wait();
  }

  offer(connection: Connection): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#ready.push(connection);
    else reader({ done: false, value: connection });
  }

  next(): Promise<IteratorResult<Connection>> {
    const value = this.#ready.shift();
    if (value !== undefined) {
      this.#seat.give();
      return Promise.resolve({ done: false, value });
    }
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** Takes no more, and closes what nobody took. */
  return(): Promise<IteratorResult<Connection>> {
    if (!this.#over) {
      this.#over = true;
      this.#returned();
      for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
      for (const connection of this.#ready.splice(0)) connection.close(0, "not accepted");
      this.#seat.give();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
