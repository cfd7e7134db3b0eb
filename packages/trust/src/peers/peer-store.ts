import { type EndpointId, LONGEST_TIMER_MS } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { checkPositive } from "../time-option.ts";
import { clearTimeout, setTimeout } from "../timers.ts";

/** An admitted peer. */
export interface PeerRecord {
  readonly endpointId: EndpointId;
  readonly attributes: Readonly<Record<string, string>>;
  /** From the attribute `aster.role`. */
  readonly roles: ReadonlySet<string>;
  /** The id of the credential with which it was admitted. */
  readonly credentialId?: string | undefined;
}

/** The attribute that holds the roles of a peer, separated by commas. */
export const ROLE_ATTRIBUTE = "aster.role";

/** The roles in the attributes of a peer: split at commas and trimmed. They are case-sensitive. */
export function rolesOf(attributes: Readonly<Record<string, string>>): ReadonlySet<string> {
  const roles = new Set<string>();
  for (const role of (attributes[ROLE_ATTRIBUTE] ?? "").split(",")) {
    const trimmed = role.trim();
    if (trimmed !== "") roles.add(trimmed);
  }
  return roles;
}

/**
 * The reason why an admission ended: its time is over, it was revoked, or a full store dropped it.
 */
export type LapseCause = "expired" | "revoked" | "evicted";

/** Called after an admission has ended, when the store does not hold the peer any more. */
export type LapseListener = (endpointId: EndpointId, cause: LapseCause) => void;

export interface PeerStoreOptions {
  /** Default: 10 000. A full store drops the peer that was looked up least recently. */
  readonly maxPeers?: number | undefined;
  /** The longest term of an admission. `Infinity`: no limit. Default: 24 hours. */
  readonly ttlMs?: number | undefined;
}

/** An admission to store. */
export interface PeerAdmission {
  readonly attributes: Readonly<Record<string, string>>;
  /** The end of the admission in epoch milliseconds, but at most `ttlMs` of the store from now. */
  readonly expiresAtMs?: number | undefined;
  /** The id of the credential for logs, as `credentialIdOf` returns it. */
  readonly credentialId?: string | undefined;
}

interface Entry {
  readonly record: PeerRecord;
  /** On the monotonic clock, so that setting the wall clock back does not extend an admission. */
  readonly lapsesAt: number;
  /** On the wall clock, because the monotonic clock stops while a machine sleeps. */
  readonly expiresAtMs: number;
}

/** The time in which the store notices that the wall clock has passed an expiry. */
const WALL_CLOCK_CHECK_MS = 2_000;

/**
 * The admitted peers by endpoint id. A server adds a peer at admission and looks it up when the
 * peer calls. The store is in memory and bounded. Its timers do not keep the process alive.
 */
export class PeerStore {
  readonly #entries: Map<EndpointId, Entry> = new Map();
  readonly #listeners: Set<LapseListener> = new Set();
  readonly #maxPeers: number;
  readonly #ttlMs: number;
  #latest: Entry | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The time at which the timer fires. */
  #wakesAt = Number.POSITIVE_INFINITY;

  /** Throws {@link AdmissionError} `"option"` for an option that is not a number above 0. */
  constructor(options: PeerStoreOptions = {}) {
    const { maxPeers = 10_000, ttlMs = 86_400_000 } = options;
    checkPositive("maxPeers", maxPeers);
    checkPositive("ttlMs", ttlMs);
    this.#maxPeers = maxPeers;
    this.#ttlMs = ttlMs;
  }

  /** The number of stored peers. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Stores an admission and replaces an earlier one of the same peer, for which no listener is
   * called. Throws {@link AdmissionError} `"option"` for an `expiresAtMs` that is not a number.
   */
  admit(endpointId: EndpointId, admission: PeerAdmission): PeerRecord {
    const { expiresAtMs = Number.POSITIVE_INFINITY, credentialId } = admission;
    // NaN would never expire
    if (typeof expiresAtMs !== "number" || Number.isNaN(expiresAtMs)) {
      throw new AdmissionError("option", `option expiresAtMs must be a number, got ${expiresAtMs}`);
    }
    const attributes = Object.freeze({ ...admission.attributes });
    const roles = rolesOf(attributes);
    const record = Object.freeze({ endpointId, attributes, roles, credentialId });
    const remainingMs = expiresAtMs - Date.now();
    const lapsesAt = performance.now() + Math.min(remainingMs, this.#ttlMs);
    const entry = { record, lapsesAt, expiresAtMs };
    this.#touch(entry);
    this.#wakeFor(entry);
    if (this.#entries.size > this.#maxPeers) this.#evictOne();
    return record;
  }

  /** The peer; `undefined` if it was not admitted or its admission ended. */
  get(endpointId: EndpointId): PeerRecord | undefined {
    const entry = this.#entries.get(endpointId);
    if (entry === undefined) return undefined;
    if (isOver(entry, performance.now(), Date.now())) {
      this.#end(endpointId, "expired");
      return undefined;
    }
    if (entry !== this.#latest) this.#touch(entry);
    return entry.record;
  }

  /** Ends an admission. Returns `false` if there was none. */
  revoke(endpointId: EndpointId): boolean {
    return this.#end(endpointId, "revoked");
  }

  /**
   * Calls a listener when an admission ends before another one replaces it: at once, also without a
   * lookup of the peer. Returns a function that removes the listener. An error that a listener
   * throws is ignored.
   */
  onLapse(listener: LapseListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Forgets all peers and listeners, and stops the timers. */
  close(): void {
    this.#listeners.clear();
    this.#entries.clear();
    this.#latest = undefined;
    clearTimeout(this.#timer);
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #end(endpointId: EndpointId, cause: LapseCause): boolean {
    if (this.#latest?.record.endpointId === endpointId) this.#latest = undefined;
    if (!this.#entries.delete(endpointId)) return false;
    for (const listener of [...this.#listeners]) {
      try {
        listener(endpointId, cause);
      } catch {
        // one listener must not keep the others from ending what the peer has open
      }
    }
    return true;
  }

  // a Map keeps insertion order, so the first entry is the least recently used one
  #touch(entry: Entry): void {
    this.#entries.delete(entry.record.endpointId);
    this.#entries.set(entry.record.endpointId, entry);
    this.#latest = entry;
  }

  #evictOne(): void {
    for (const oldest of this.#entries.keys()) {
      this.#end(oldest, "evicted");
      return;
    }
  }

  #wakeFor(entry: Entry): void {
    const at = wakeTime(entry, performance.now());
    if (at >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = at;
    const delayMs = Math.min(Math.max(1, at - performance.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#sweep(), Math.ceil(delayMs)).unref();
  }

  /** Ends the admissions that are over and waits for the next one. */
  #sweep(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const [now, nowMs] = [performance.now(), Date.now()];
    let next: Entry | undefined;
    let nextAt = Number.POSITIVE_INFINITY;
    for (const [endpointId, entry] of this.#entries) {
      if (isOver(entry, now, nowMs)) {
        this.#end(endpointId, "expired");
        continue;
      }
      const at = wakeTime(entry, now);
      if (at >= nextAt) continue;
      [next, nextAt] = [entry, at];
    }
    if (next !== undefined) this.#wakeFor(next);
  }
}

function isOver(entry: Entry, now: number, nowMs: number): boolean {
  return now >= entry.lapsesAt || nowMs >= entry.expiresAtMs;
}

/** The monotonic time at which an entry must be looked at. */
function wakeTime({ lapsesAt, expiresAtMs }: Entry, now: number): number {
  if (expiresAtMs === Number.POSITIVE_INFINITY) return lapsesAt;
  return Math.min(lapsesAt, now + WALL_CLOCK_CHECK_MS);
}
