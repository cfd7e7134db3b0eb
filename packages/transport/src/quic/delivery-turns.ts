import { FrameFlag } from "../frame.ts";
import { now } from "../turns.ts";

/** A shorter frame that is not compressed cannot take long. */
const CHEAP_BYTES = 512;
/** Time for events in one turn of the event loop. The event that exceeds it is the last. */
export const TURN_MS = 10;
/** Time for the events of one connection, before those of other peers are considered again. */
export const SLICE_MS = 4;
/** The part of its time that a peer gets back while it does nothing, for each millisecond. */
const RECOVERY = 0.1;
/** Shorter deliveries of costly frames do not make a peer slow. */
const NOTED_MS = 0.5;
/** The costly frames of a peer wait for turns of their own when they have taken more than this. */
const USUAL_MS = 10;
/** More does not count, so that a peer that was busy for long is not behind newcomers for long. */
const MOST_MS = 1_000;

/** A connection with events, or a channel with a costly frame. */
export interface Turn {
  /** Delivers some of them, for a short time. Returns true if there are more. */
  takeTurn(): boolean;
}

/** Time that was used lately, and is forgotten with time. */
class UsedTime {
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

/** The time that the events of one peer have taken lately, over all its connections. */
export class PeerTime extends UsedTime {
  connections = 0;
  /** That of costly frames. */
  readonly slow: UsedTime = new UsedTime();
  /** Connections with events. */
  readonly ready: Set<Turn> = new Set();
  /** Channels with a costly frame that waits. */
  readonly late: Set<Turn> = new Set();
  /** Work that follows costly frames, and comes before the next one. */
  readonly due: Set<Turn> = new Set();
}

/** Turns that wait. The first is one of the peer that has used the least time. */
class TurnQueue {
  readonly #peers = new Set<PeerTime>();
  readonly #turnsOf: (time: PeerTime) => Set<Turn>;

  constructor(turnsOf: (time: PeerTime) => Set<Turn>) {
    this.#turnsOf = turnsOf;
  }

  get isEmpty(): boolean {
    return this.#peers.size === 0;
  }

  /** Adds a peer that has a turn. */
  add(time: PeerTime): void {
    this.#peers.add(time);
  }

  /** Takes the first turn, which begins `at` this time. Returns its end. */
  take(at: number): number {
    const time = this.#first(at);
    const turns = this.#turnsOf(time);
    const [turn] = turns;
    // behind the others that have used as much
    this.#peers.delete(time);
    if (turn !== undefined) turns.delete(turn);
    let more = true;
    try {
      more = turn?.takeTurn() ?? false;
    } finally {
      if (more && turn !== undefined) turns.add(turn);
      if (this.#turnsOf(time).size > 0) this.#peers.add(time);
    }
    const endedMs = now();
    time.spend(endedMs - at, endedMs);
    return endedMs;
  }

  #first(at: number): PeerTime {
    let first: PeerTime | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const time of this.#peers) {
      if (this.#peers.size === 1) return time;
      const used = time.usedMs(at);
      if (used >= least) continue;
      first = time;
      least = used;
    }
    return first as PeerTime;
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
 *
 * Costly frames are measured. When those of one turn have taken too long, further ones wait in
 * their channels for a turn after all other events, and so do those of a peer whose frames are
 * slow. So they do not delay other events, also of the same peer, and they are dropped with their
 * stream.
 */
export class DeliveryTurns {
  readonly #peers = new Map<string, PeerTime>();
  readonly #ready = new TurnQueue((time) => time.ready);
  readonly #late = new TurnQueue((time) => time.late);
  readonly #due = new TurnQueue((time) => time.due);
  readonly #wake: () => void;
  /** Time that costly frames have taken in this turn of the event loop. */
  #costlyMs = 0;
  /** The last turn had no time for frames that wait. */
  #skipped = false;

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
    return this.#ready.isEmpty && this.#late.isEmpty && this.#due.isEmpty;
  }

  /** Adds a connection with events, until the next {@link DeliveryTurns.run}. */
  addReady(time: PeerTime, connection: Turn): void {
    time.ready.add(connection);
    this.#ready.add(time);
  }

  /** Adds a channel with a costly frame. */
  addLate(time: PeerTime, channel: Turn): void {
    if (this.isEmpty) this.#wake();
    time.late.add(channel);
    this.#late.add(time);
  }

  /** Adds work that follows a costly frame. */
  addDue(time: PeerTime, work: Turn): void {
    if (this.isEmpty) this.#wake();
    time.due.add(work);
    this.#due.add(time);
  }

  /** Returns true if a costly frame of this peer has to wait. */
  isLate(time: PeerTime): boolean {
    return this.#costlyMs >= TURN_MS || time.late.size > 0 || time.slow.usedMs(now()) > USUAL_MS;
  }

  /** Counts the time that a costly frame has taken since `startedMs`. */
  countFrame(time: PeerTime, startedMs: number): void {
    const at = now();
    const ms = at - startedMs;
    this.#costlyMs += ms;
    if (ms >= NOTED_MS) time.slow.spend(ms, at);
  }

  /**
   * Delivers events until the time of one turn of the event loop is over, and frames that wait
   * while there is time, at least one in two turns.
   */
  run(): void {
    const startedMs = now();
    let at = startedMs;
    this.#costlyMs = 0;
    while (!this.#ready.isEmpty && at - startedMs - this.#costlyMs < TURN_MS) {
      at = this.#ready.take(at);
    }
    this.#skipped = at - startedMs >= TURN_MS && !this.#skipped;
    if (this.#skipped) return;
    for (;;) {
      // work that is due holds a message
      const first = this.#due.isEmpty ? this.#late : this.#due;
      if (first.isEmpty) return;
      at = first.take(at);
      if (at - startedMs >= TURN_MS) return;
    }
  }
}
