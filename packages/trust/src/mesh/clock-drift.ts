import type { EndpointId } from "@aster/transport";

export interface ClockDriftOptions {
  /** The deviation from the median of the members that is tolerated. */
  readonly toleranceMs: number;
  /** The time after joining in which no member is judged. */
  readonly gracePeriodMs: number;
  /** Epoch milliseconds. */
  readonly joinedAtMs: number;
}

/** Below this number of members, the median says nothing. */
const LEAST_PEERS = 3;

/** The clocks of the members, compared with the clock of this node. */
export class ClockDrift {
  readonly #options: ClockDriftOptions;
  readonly #offsets = new Map<EndpointId, number>();
  readonly #isolated = new Set<EndpointId>();

  constructor(options: ClockDriftOptions) {
    this.#options = options;
  }

  /** Own time minus that of the last message of each member, in milliseconds. */
  get offsets(): ReadonlyMap<EndpointId, number> {
    return this.#offsets;
  }

  /** The members whose clock deviated with their last message. */
  get isolated(): ReadonlySet<EndpointId> {
    return this.#isolated;
  }

  /** Takes the time of a message, and returns `true` if the clock of its sender deviates. */
  observe(peer: EndpointId, epochMs: number, nowMs: number): boolean {
    const offset = nowMs - epochMs;
    this.#offsets.set(peer, offset);
    const median = this.#median(nowMs);
    const drifts = median !== undefined && Math.abs(offset - median) > this.#options.toleranceMs;
    if (drifts) this.#isolated.add(peer);
    else this.#isolated.delete(peer);
    return drifts;
  }

  /** Returns `true` if it is the clock of this node that deviates. */
  isOwnOff(nowMs: number): boolean {
    const median = this.#median(nowMs);
    return median !== undefined && Math.abs(median) > this.#options.toleranceMs;
  }

  /** Forgets a member. */
  remove(peer: EndpointId): void {
    this.#offsets.delete(peer);
    this.#isolated.delete(peer);
  }

  #median(nowMs: number): number | undefined {
    if (nowMs - this.#options.joinedAtMs < this.#options.gracePeriodMs) return undefined;
    if (this.#offsets.size < LEAST_PEERS) return undefined;
    const sorted = [...this.#offsets.values()].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }
}
