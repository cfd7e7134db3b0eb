import type { Connection } from "./connection.ts";
import { Signal } from "./signal.ts";

/** Connections of one acceptor that may wait to be taken; further diallers wait for a seat. */
export const BACKLOG = 64;

/** What its node wants to know of an acceptor. */
export interface AcceptorEvents<C extends Connection> {
  /** It takes no more. */
  returned(): void;
  /** This connection has given its seat back. */
  taken?(connection: C): void;
}

/** The connections of some ALPNs, in the order they came. */
export class Acceptor<C extends Connection> implements AsyncIterableIterator<Connection> {
  readonly #raw: ReadonlySet<string>;
  readonly #events: AcceptorEvents<C>;
  readonly #ready: C[] = [];
  readonly #readers: ((result: IteratorResult<Connection>) => void)[] = [];
  readonly #seat = new Signal();
  #over = false;

  constructor(raw: readonly string[], events: AcceptorEvents<C>) {
    this.#raw = new Set(raw);
    this.#events = events;
  }

  get over(): boolean {
    return this.#over;
  }

  isRaw(alpn: string): boolean {
    return this.#raw.has(alpn);
  }

  /** No further connection may wait. */
  get full(): boolean {
    return this.#ready.length >= BACKLOG;
  }

  /** Resolves when a seat is free, which another may take first, or none will be taken any more. */
  change(): Promise<void> {
    return this.#seat.wait();
  }

  offer(connection: C): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      this.#events.taken?.(connection);
      reader({ done: false, value: connection });
      return;
    }
    this.#ready.push(connection);
    void connection.closed.then(() => this.#forget(connection));
  }

  next(): Promise<IteratorResult<Connection>> {
    const value = this.#ready.shift();
    if (value !== undefined) {
      this.#events.taken?.(value);
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
      this.#events.returned();
      for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
      for (const connection of this.#ready.splice(0)) connection.close(0, "not accepted");
      this.#seat.give();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** It has ended before anybody took it. */
  #forget(connection: C): void {
    const at = this.#ready.indexOf(connection);
    if (at < 0) return;
    this.#ready.splice(at, 1);
    this.#seat.give();
  }
}
