import type { Clock } from "../clock.ts";

/** The pauses between two attempts, while there are few neighbors. */
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 30_000;
/**
 * The pause while there are enough neighbors: the lost one may be well and have others. Two parts
 * of a network that has come together again find each other this way.
 */
const SLOW_PAUSE_MS = 300_000;
const ENOUGH_NEIGHBORS = 3;
/** The number of lost peers that are remembered. Those that were lost first are forgotten. */
const MOST_LOST = 16;

/**
 * The peers of a document that are to become neighbors, or have stopped being some. iroh-docs does
 * not return to them: after an outage of the network, two replicas would never exchange anything
 * again. So this calls `sync` with one of them after the other, after growing pauses, until they
 * are back.
 */
export class LostNeighbors {
  readonly #clock: Clock;
  readonly #sync: (peer: string) => Promise<void>;
  /** By id, the address to use. In the order in which they were lost. */
  readonly #lost = new Map<string, string>();
  readonly #neighbors = new Set<string>();
  #pauseMs = FIRST_PAUSE_MS;
  #stop: (() => void) | undefined;
  #ended = false;

  constructor(clock: Clock, sync: (peer: string) => Promise<void>) {
    this.#clock = clock;
    this.#sync = sync;
  }

  /** A peer that is to become a neighbor, and its address. */
  expect(id: string, address: string): void {
    this.#lose(id, address);
  }

  up(id: string): void {
    this.#neighbors.add(id);
    this.#lost.delete(id);
    this.#pauseMs = FIRST_PAUSE_MS;
    if (this.#lost.size === 0) this.#clear();
  }

  down(id: string): void {
    this.#neighbors.delete(id);
    this.#lose(id, id);
  }

  end(): void {
    this.#ended = true;
    this.#clear();
  }

  #lose(id: string, address: string): void {
    if (this.#ended || this.#neighbors.has(id)) return;
    const known = this.#lost.get(id) ?? address;
    this.#lost.delete(id);
    this.#lost.set(id, known);
    const [first] = this.#lost.keys();
    if (this.#lost.size > MOST_LOST && first !== undefined) this.#lost.delete(first);
    // the next attempt may be far away
    this.#clear();
    this.#plan();
  }

  #plan(): void {
    const few = this.#neighbors.size < ENOUGH_NEIGHBORS;
    const pauseMs = few ? this.#pauseMs : SLOW_PAUSE_MS;
    // neighbors that have lost each other do not dial each other at the same time
    this.#stop = this.#clock.after(pauseMs * (0.5 + Math.random()), () => this.#attempt());
    if (few) this.#pauseMs = Math.min(this.#pauseMs * 2, MOST_PAUSE_MS);
  }

  #attempt(): void {
    const [next] = this.#lost;
    if (next === undefined) return;
    const [id, address] = next;
    this.#lost.delete(id);
    this.#lost.set(id, address);
    // a result that counts is an event of the document
    this.#sync(address).catch(() => {});
    this.#plan();
  }

  #clear(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
