/** The entries that are looked at for an idle one, so that adding takes a constant time. */
const PROBES = 8;

interface Entry<V> {
  key: string;
  value: V;
  at: number;
}

/**
 * States by key, at most `most` of them.
 *
 * A full table replaces only idle entries, whose loss changes nothing. So a peer cannot reset its
 * state by the use of many keys.
 */
export class BoundedTable<V> {
  readonly #most: number;
  readonly #isIdle: (value: V) => boolean;
  readonly #byKey = new Map<string, Entry<V>>();
  readonly #entries: Entry<V>[] = [];
  /** The entry that is looked at next. */
  #hand = 0;

  constructor(most: number, isIdle: (value: V) => boolean) {
    this.#most = most;
    this.#isIdle = isIdle;
  }

  get size(): number {
    return this.#entries.length;
  }

  get(key: string): V | undefined {
    return this.#byKey.get(key)?.value;
  }

  /** Adds a key that is not in the table. Returns `false` if the table is full of busy entries. */
  add(key: string, value: V): boolean {
    if (this.#entries.length < this.#most) {
      this.#set({ key, value, at: this.#entries.length });
      return true;
    }
    for (let probe = 0; probe < PROBES; probe++) {
      const entry = this.#entries[this.#hand] as Entry<V>;
      this.#hand = (this.#hand + 1) % this.#most;
      if (!this.#isIdle(entry.value)) continue;
      this.#byKey.delete(entry.key);
      this.#set({ key, value, at: entry.at });
      return true;
    }
    return false;
  }

  /** No-op for a key that is not in the table. */
  delete(key: string): void {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return;
    this.#byKey.delete(key);
    const last = this.#entries.pop() as Entry<V>;
    if (last !== entry) {
      last.at = entry.at;
      this.#entries[entry.at] = last;
    }
    if (this.#hand >= this.#entries.length) this.#hand = 0;
  }

  #set(entry: Entry<V>): void {
    this.#byKey.set(entry.key, entry);
    this.#entries[entry.at] = entry;
  }
}
