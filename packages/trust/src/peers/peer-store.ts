import type { EndpointId } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { checkPositive } from "../time-option.ts";

/** An admitted peer. */
export interface PeerRecord {
  readonly endpointId: EndpointId;
  readonly attributes: Readonly<Record<string, string>>;
  /** From the attribute `aster.role`. */
  readonly roles: ReadonlySet<string>;
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
}

interface Entry {
  readonly record: PeerRecord;
  /** On the monotonic clock, so that changes of the wall clock do not matter. */
  readonly lapsesAt: number;
}

/**
 * The admitted peers by endpoint id. A server adds a peer at admission and looks it up when the
 * peer calls. The store is in memory and bounded. It has no timers and needs no closing.
 */
export class PeerStore {
  readonly #entries: Map<EndpointId, Entry> = new Map();
  readonly #maxPeers: number;
  readonly #ttlMs: number;
  #latest: Entry | undefined;

  /** Throws {@link AdmissionError} `"option"` for an option that is not a number above 0. */
  constructor(options: PeerStoreOptions = {}) {
    const { maxPeers = 10_000, ttlMs = 86_400_000 } = options;
    checkPositive("maxPeers", maxPeers);
    checkPositive("ttlMs", ttlMs);
    this.#maxPeers = maxPeers;
    this.#ttlMs = ttlMs;
  }

  /** The number of stored peers, including peers whose admission lapsed since their last lookup. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Stores an admission and replaces an earlier one of the same peer. Throws
   * {@link AdmissionError} `"option"` for an `expiresAtMs` that is not a number.
   */
  admit(endpointId: EndpointId, admission: PeerAdmission): PeerRecord {
    const { expiresAtMs = Number.POSITIVE_INFINITY } = admission;
    // NaN would never expire
    if (typeof expiresAtMs !== "number" || Number.isNaN(expiresAtMs)) {
      throw new AdmissionError("option", `option expiresAtMs must be a number, got ${expiresAtMs}`);
    }
    const attributes = Object.freeze({ ...admission.attributes });
    const record = Object.freeze({ endpointId, attributes, roles: rolesOf(attributes) });
    const remainingMs = expiresAtMs - Date.now();
    const lapsesAt = performance.now() + Math.min(remainingMs, this.#ttlMs);
    this.#touch({ record, lapsesAt });
    if (this.#entries.size > this.#maxPeers) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return record;
  }

  /** The peer; `undefined` if it was not admitted, its admission lapsed or the store dropped it. */
  get(endpointId: EndpointId): PeerRecord | undefined {
    const entry = this.#entries.get(endpointId);
    if (entry === undefined) return undefined;
    if (performance.now() >= entry.lapsesAt) {
      this.delete(endpointId);
      return undefined;
    }
    if (entry !== this.#latest) this.#touch(entry);
    return entry.record;
  }

  /** Revokes an admission. Returns `false` if there was none. */
  delete(endpointId: EndpointId): boolean {
    if (this.#latest?.record.endpointId === endpointId) this.#latest = undefined;
    return this.#entries.delete(endpointId);
  }

  // a Map keeps insertion order, so the first entry is the least recently used one
  #touch(entry: Entry): void {
    this.#entries.delete(entry.record.endpointId);
    this.#entries.set(entry.record.endpointId, entry);
    this.#latest = entry;
  }
}
