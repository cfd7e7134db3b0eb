import type { EndpointId } from "@aster/transport";
import { rolesOf } from "./roles.ts";

/** What is known of one admitted peer. */
export interface PeerRecord {
  readonly endpointId: EndpointId;
  readonly attributes: Readonly<Record<string, string>>;
  /** From the attribute `aster.role`. */
  readonly roles: ReadonlySet<string>;
}

export interface PeerStoreOptions {
  /** Default 10 000. The peer that was not asked about for longest leaves first. */
  readonly maxPeers?: number;
  /** How long an admission holds at most. Default 24 hours. */
  readonly ttlMs?: number;
}

export interface PeerAdmission {
  readonly attributes: Readonly<Record<string, string>>;
  /** When the admission lapses, epoch milliseconds; it never holds longer than the store's `ttlMs`. */
  readonly expiresAtMs?: number;
}

interface Entry {
  readonly record: PeerRecord;
  /** On the monotonic clock, so that setting the wall clock neither extends nor ends an admission. */
  readonly lapsesAt: number;
}

/** The admitted peers, by the key their connections proved. In memory, bounded, without timers: it needs no closing. */
export class PeerStore {
  readonly #entries: Map<EndpointId, Entry> = new Map();
  readonly #maxPeers: number;
  readonly #ttlMs: number;
  #latest: Entry | undefined;

  constructor(options: PeerStoreOptions = {}) {
    this.#maxPeers = options.maxPeers ?? 10_000;
    this.#ttlMs = options.ttlMs ?? 86_400_000;
  }

  /** Peers held, those included whose admission lapsed and who were not asked about since. */
  get size(): number {
    return this.#entries.size;
  }

  /** Notes an admission; an earlier one of the same peer is replaced. */
  admit(endpointId: EndpointId, admission: PeerAdmission): PeerRecord {
    const attributes = Object.freeze({ ...admission.attributes });
    const record = Object.freeze({ endpointId, attributes, roles: rolesOf(attributes) });
    const remainingMs = (admission.expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now();
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

  /** The peer, or `undefined` if it was not admitted, its admission lapsed, or it was displaced. */
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

  /** Takes an admission back. Says whether there was one. */
  delete(endpointId: EndpointId): boolean {
    if (this.#latest?.record.endpointId === endpointId) this.#latest = undefined;
    return this.#entries.delete(endpointId);
  }

  // a Map remembers insertion order, so the last one is the one used latest
  #touch(entry: Entry): void {
    this.#entries.delete(entry.record.endpointId);
    this.#entries.set(entry.record.endpointId, entry);
    this.#latest = entry;
  }
}
