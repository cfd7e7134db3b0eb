// The iterator that `Node.accept` returns.
//
// A node creates one per call of `accept` and offers it the incoming connections of its ALPNs. It
// ends when the program returns it or the node closes.
import type { Connection } from "./connection.ts";
import { TransportError } from "./error.ts";
import { Signal } from "./signal.ts";

/**
 * Accept slots: connections that may wait until the program takes them. Further dialers wait
 * longer.
 */
export const ACCEPT_SLOTS = 64;

/** The events of an acceptor, for its node. */
export interface AcceptorEvents<C extends Connection> {
  /** It accepts no more connections. */
  returned(): void;
  /** The program took this connection: its accept slot is free. */
  taken?(connection: C): void;
}

/** The connections of some ALPNs, in the order of their arrival. */
export class Acceptor<C extends Connection> implements AsyncIterableIterator<Connection> {
  readonly #raw: ReadonlySet<string>;
  readonly #events: AcceptorEvents<C>;
  readonly #ready: C[] = [];
  readonly #readers: ((result: IteratorResult<Connection>) => void)[] = [];
  readonly #slotFree = new Signal();
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

  /** All accept slots are in use. */
  get full(): boolean {
    return this.#ready.length >= ACCEPT_SLOTS;
  }

  /** Resolves when an accept slot may be free, or when the acceptor is over. */
  change(): Promise<void> {
    return this.#slotFree.wait();
  }

  /** Hands a connection to the program, or keeps it until the program takes it. */
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
      this.#slotFree.give();
      return Promise.resolve({ done: false, value });
    }
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** Ends the iterator and closes the connections that the program has not taken. */
  return(): Promise<IteratorResult<Connection>> {
    if (!this.#over) {
      this.#over = true;
      this.#events.returned();
      for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
      for (const connection of this.#ready.splice(0)) connection.close(0, "not accepted");
      this.#slotFree.give();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the iterator as `return` does, and rejects with the error. */
  async throw(error?: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Frees the accept slot of a connection that ended before the program took it. */
  #forget(connection: C): void {
    const at = this.#ready.indexOf(connection);
    if (at < 0) return;
    this.#ready.splice(at, 1);
    this.#slotFree.give();
  }
}

/** Throws {@link TransportError} `"bind"` if one of the ALPNs has an acceptor already. */
export function checkAlpnsFree(
  alpns: readonly string[],
  acceptors: ReadonlyMap<string, unknown>,
): void {
  const taken = alpns.find((alpn) => acceptors.has(alpn));
  if (taken === undefined) return;
  throw new TransportError(
    "bind",
    `ALPN ${JSON.stringify(taken)} is already accepted; return the iterator that accepts it first`,
  );
}
