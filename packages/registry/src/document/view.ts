import type { Clock } from "../clock.ts";
import type { EntryValue } from "../entries/entry-value.ts";
import { type RegistryKey, registryKeyText } from "../entries/keys.ts";
import { Access } from "./access.ts";
import type { DocumentEntry } from "./document.ts";
import { freshLease, isNewer, newestVersion, type Slot, type Version } from "./slot.ts";

/** The entries that a registry did not use, by cause. */
export interface IgnoredEntries {
  /** The value cannot be read, or is about another subject than its key. */
  readonly malformed: number;
  /** The key is not one of a registry. */
  readonly unknown: number;
  /** The value is larger than any of its kind. */
  readonly oversized: number;
  /** There are too many entries. */
  readonly excess: number;
}

/** The entries of all authors together that a view keeps. */
const MOST_ENTRIES = 250_000;
/** The interval at which leases are checked for the end of their term. */
const SWEEP_MS = 1_000;

/**
 * The entries of a registry in memory, by key, with an index of leases and versions.
 *
 * {@link Replica} fills it. `onChange` is called with each slot whose counting version has changed,
 * by a new entry, by the access lists, or by time.
 */
export class RegistryView {
  readonly access: Access;
  readonly #clock: Clock;
  readonly #slots = new Map<string, Slot>();
  readonly #leases = new Map<string, Map<string, Slot>>();
  readonly #contracts = new Map<string, Set<string>>();
  readonly #versions = new Map<string, Set<Slot>>();
  readonly #observers = new Set<(slot: Slot) => void>();
  #entries = 0;
  #excess = 0;
  #stopSweep: (() => void) | undefined;

  constructor(clock: Clock, owner: string | undefined) {
    this.#clock = clock;
    this.access = new Access(owner);
  }

  get entries(): number {
    return this.#entries;
  }

  /** Entries that were not kept, because there are too many. */
  get excess(): number {
    return this.#excess;
  }

  /** All slots that have a counting version, in the order in which they were first written. */
  *shown(): Generator<Slot, void, undefined> {
    for (const slot of this.#slots.values()) if (slot.shown !== undefined) yield slot;
  }

  /** Calls back with every change. Returns a function that ends it. */
  observe(onChange: (slot: Slot) => void): () => void {
    this.#observers.add(onChange);
    return () => this.#observers.delete(onChange);
  }

  /** The slot of a key; `undefined` too for a key that no document has. */
  slot(key: RegistryKey): Slot | undefined {
    const text = registryKeyText(key);
    return text === undefined ? undefined : this.#slots.get(text);
  }

  /** Returns `true` if an entry is already known, or a newer one of its author. */
  has(text: string, entry: DocumentEntry): boolean {
    const known = this.#slots.get(text)?.versions.get(entry.author)?.entry;
    return known !== undefined && !isNewer(entry, known);
  }

  /** The newest version of a trusted author. */
  newest(key: RegistryKey): Version | undefined {
    const slot = this.slot(key);
    return slot && this.newestIn(slot);
  }

  /** The newest version of a trusted author in a slot of this view. */
  newestIn(slot: Slot): Version | undefined {
    return newestVersion(slot, this.access.isTrusted, this.#clock.nowMs());
  }

  /** The slots of the leases of a contract. */
  leases(service: string, contractId: string): Iterable<Slot> {
    return this.#leases.get(`${service}/${contractId}`)?.values() ?? [];
  }

  /** The slots of the leases of one endpoint for a service, of all contracts. */
  *leasesOf(service: string, endpointId: string): Generator<Slot, void, undefined> {
    for (const contractId of this.#contracts.get(service) ?? []) {
      const slot = this.#leases.get(`${service}/${contractId}`)?.get(endpointId);
      if (slot !== undefined) yield slot;
    }
  }

  /** The slots of the versions of a service. */
  versions(service: string): Iterable<Slot> {
    return this.#versions.get(service) ?? [];
  }

  /** Takes an entry. With `value` undefined, the value cannot be used: an older one ends. */
  put(key: RegistryKey, text: string, entry: DocumentEntry, value: EntryValue | undefined): void {
    if (this.has(text, entry)) return;
    let slot = this.#slots.get(text);
    if (slot === undefined) {
      if (value === undefined || !this.#hasRoom()) return;
      slot = this.#addSlot(key, text);
    }
    if (value === undefined) {
      if (slot.versions.delete(entry.author)) this.#entries -= 1;
    } else {
      if (!slot.versions.has(entry.author)) {
        if (!this.#hasRoom()) return;
        this.#entries += 1;
      }
      slot.versions.set(entry.author, { entry, value });
    }
    if (key.kind === "acl") this.#accessChanged();
    this.#compare(slot);
  }

  /** Ends the timer. */
  close(): void {
    this.#stopSweep?.();
    // entries that still arrive start no timer
    this.#stopSweep = () => {};
    this.#observers.clear();
  }

  #hasRoom(): boolean {
    if (this.#entries < MOST_ENTRIES) return true;
    this.#excess += 1;
    return false;
  }

  #addSlot(key: RegistryKey, text: string): Slot {
    const slot: Slot = { key, text, versions: new Map(), shown: undefined };
    this.#slots.set(text, slot);
    if (key.kind === "lease") {
      const contract = `${key.service}/${key.contractId}`;
      const slots = this.#leases.get(contract) ?? new Map<string, Slot>();
      this.#leases.set(contract, slots.set(key.endpointId, slot));
      const contracts = this.#contracts.get(key.service) ?? new Set<string>();
      this.#contracts.set(key.service, contracts.add(key.contractId));
      this.#sweepLater();
    } else if (key.kind === "version") {
      const slots = this.#versions.get(key.service) ?? new Set<Slot>();
      this.#versions.set(key.service, slots.add(slot));
    }
    return slot;
  }

  #accessChanged(): void {
    this.access.update((list) => this.slot({ kind: "acl", list }));
    for (const slot of this.#slots.values()) this.#compare(slot);
  }

  #compare(slot: Slot): void {
    const counting = this.#counting(slot);
    if (counting === slot.shown) return;
    slot.shown = counting;
    for (const onChange of this.#observers) onChange(slot);
  }

  #counting(slot: Slot): Version | undefined {
    const nowMs = this.#clock.nowMs();
    const counts = slot.key.kind === "acl" ? this.access.isAdmin : this.access.isTrusted;
    const newest = newestVersion(slot, counts, nowMs);
    return slot.key.kind === "lease" && freshLease(newest, nowMs) === undefined
      ? undefined
      : newest;
  }

  #sweepLater(): void {
    this.#stopSweep ??= this.#clock.after(SWEEP_MS, () => {
      this.#stopSweep = undefined;
      for (const slots of this.#leases.values())
        for (const slot of slots.values()) this.#compare(slot);
      if (this.#leases.size > 0) this.#sweepLater();
    });
  }
}
