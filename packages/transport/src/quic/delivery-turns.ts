import { FrameFlag } from "../frame.ts";
import { now } from "../turns.ts";

/** A shorter frame that is not compressed cannot take long. */
const CHEAP_BYTES = 512;
/** Time for the events of peers in one turn of the event loop. The event that exceeds it is the last. */
export const TURN_MS = 10;
/** Time for the events of one connection, before those of other peers are considered again. */
export const SLICE_MS = 4;
/** The part of its time that a peer gets back while it does nothing, for each millisecond. */
const RECOVERY = 0.1;
/** More does not count, so that a peer that was busy for long is not behind newcomers for long. */
const MOST_MS = 1_000;

/** A connection with events, or a channel with a frame that waits for its turn. */
export interface Turn {
  /** Delivers some of them, for a short time. Returns true if there are more. */
  takeTurn(): boolean;
}

/** The time that the events of one peer have taken lately, over all its connections. */
export class PeerTime {
  connections = 0;
  readonly waiting: Set<Turn> = new Set();
  #usedMs = 0;
  #at = 0;

  usedMs(at: number): number {
    return Math.max(0, this.#usedMs - (at - this.#at) * RECOVERY);
  }

  spend(ms: number, at: number): void {
    this.#usedMs = Math.min(this.usedMs(at) + ms, MOST_MS);
    this.#at = at;
  }
}

/** Returns true for a frame that may take long to read. */
export function isCostly(flags: number, bytes: number): boolean {
  return bytes >= CHEAP_BYTES || (flags & FrameFlag.Compressed) !== 0;
}

/**
 * Shares the event loop between the peers of a node. A short frame can take many milliseconds to
 * read, and a peer can send thousands of events at once.
 *
 * The peer that has used the least time is the first. When the events of one turn of the event loop
 * have taken too long, further ones wait for the next turn.
 */
export class DeliveryTurns {
  readonly #peers = new Map<string, PeerTime>();
  readonly #waiting = new Set<PeerTime>();
  readonly #wake: () => void;

  /** `wake` has to call `run` soon. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Returns the time of a peer, for one connection more. */
  join(peer: string): PeerTime {
    const time = this.#peers.get(peer) ?? new PeerTime();
    this.#peers.set(peer, time);
    time.connections += 1;
    return time;
  }

  leave(peer: string, time: PeerTime): void {
    time.connections -= 1;
    if (time.connections === 0) this.#peers.delete(peer);
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  wait(time: PeerTime, turn: Turn): void {
    time.waiting.add(turn);
    if (this.#waiting.size === 0) this.#wake();
    this.#waiting.add(time);
  }

  /** Takes turns that wait, until the time of one turn of the event loop is over. */
  run(): void {
    const startedMs = now();
    let at = startedMs;
    while (this.#waiting.size > 0 && at - startedMs < TURN_MS) {
      const time = this.#first(at);
      const [turn] = time.waiting;
      if (turn !== undefined) time.waiting.delete(turn);
      // behind the others that have used as much
      this.#waiting.delete(time);
      let more = true;
      try {
        more = turn?.takeTurn() ?? false;
      } finally {
        if (more && turn !== undefined) time.waiting.add(turn);
        if (time.waiting.size > 0) this.#waiting.add(time);
      }
      const endedMs = now();
      time.spend(endedMs - at, endedMs);
      at = endedMs;
    }
  }

  #first(at: number): PeerTime {
    let first: PeerTime | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const time of this.#waiting) {
      if (this.#waiting.size === 1) return time;
      const used = time.usedMs(at);
      if (used >= least) continue;
      first = time;
      least = used;
    }
    return first as PeerTime;
  }
}
