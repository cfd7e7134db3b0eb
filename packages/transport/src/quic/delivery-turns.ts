import { FrameFlag } from "../frame.ts";
import { now } from "../turns.ts";

/** A shorter frame that is not compressed cannot take long. Such frames are not measured. */
const CHEAP_BYTES = 512;
/** Time for costly frames in one turn of the event loop. The frame that exceeds it is the last. */
export const TURN_MS = 10;
/** Shorter deliveries do not count for their peer. */
const NOTED_MS = 0.5;
/** A peer that has used more than this waits behind those that have used less. */
const USUAL_MS = 10;
/** The part of its time that a peer gets back while it does nothing, for each millisecond. */
const RECOVERY = 0.1;

/** A channel with a frame that waits for its turn. */
export interface WaitingChannel {
  /** Delivers the frame. No-op if the channel has ended or was paused. */
  takeTurn(): void;
}

/** The time that the frames of one peer have taken lately, over all its connections. */
export class PeerTime {
  connections = 0;
  readonly waiting: Set<WaitingChannel> = new Set();
  #usedMs = 0;
  #at = 0;

  usedMs(at: number): number {
    return Math.max(0, this.#usedMs - (at - this.#at) * RECOVERY);
  }

  spend(ms: number, at: number): void {
    this.#usedMs = this.usedMs(at) + ms;
    this.#at = at;
  }
}

/** Returns true for a frame that may take long to read. */
export function isCostly(flags: number, payload: Uint8Array): boolean {
  return payload.length >= CHEAP_BYTES || (flags & FrameFlag.Compressed) !== 0;
}

/**
 * Shares the event loop between the peers of a node. A short frame can take many milliseconds to
 * read, and a peer can send thousands of them at once.
 *
 * Costly frames are measured. When those of one turn of the event loop have taken too long, further
 * ones wait in their channels for the next turn, and so do those of a peer that has used much time.
 * The peer that has used the least is the first.
 */
export class DeliveryTurns {
  readonly #peers = new Map<string, PeerTime>();
  readonly #waiting = new Set<PeerTime>();
  readonly #wake: () => void;
  #spentMs = 0;
  /** The last turn had no time for frames that wait. */
  #skipped = false;

  /** `wake` has to start a turn soon. */
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

  /** Starts a turn of the event loop. */
  begin(): void {
    this.#spentMs = 0;
  }

  /** Returns true if a costly frame of this peer has to wait. */
  isLate(time: PeerTime): boolean {
    return this.#spentMs >= TURN_MS || time.waiting.size > 0 || time.usedMs(now()) > USUAL_MS;
  }

  wait(time: PeerTime, channel: WaitingChannel): void {
    time.waiting.add(channel);
    if (this.#waiting.size === 0) this.#wake();
    this.#waiting.add(time);
  }

  /** Counts the time since `startedMs` for a peer. */
  spend(time: PeerTime, startedMs: number): void {
    const at = now();
    const ms = at - startedMs;
    this.#spentMs += ms;
    if (ms >= NOTED_MS) time.spend(ms, at);
  }

  /** Delivers frames that wait, while the turn has time, and at least one in two turns. */
  run(): void {
    this.#skipped = this.#spentMs >= TURN_MS && !this.#skipped;
    while (this.#waiting.size > 0 && !this.#skipped) {
      const time = this.#first();
      const [channel] = time.waiting;
      if (channel !== undefined) time.waiting.delete(channel);
      // behind the others that have used as much
      this.#waiting.delete(time);
      if (time.waiting.size > 0) this.#waiting.add(time);
      channel?.takeTurn();
      if (this.#spentMs >= TURN_MS) return;
    }
  }

  #first(): PeerTime {
    const at = now();
    let first: PeerTime | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const time of this.#waiting) {
      const used = time.usedMs(at);
      if (used >= least) continue;
      first = time;
      least = used;
    }
    return first as PeerTime;
  }
}
