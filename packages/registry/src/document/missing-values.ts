import type { RegistryKey } from "../entries/keys.ts";
import type { DocumentEntry } from "./document.ts";

/** An entry with a key of the registry. */
export interface KnownEntry {
  readonly key: RegistryKey;
  readonly text: string;
  readonly entry: DocumentEntry;
}

/** Entries whose values have not arrived. Of more, the oldest are found by the next full read. */
const MOST_MISSING = 100_000;

/**
 * The entries whose values have not arrived: for each key and author the newest one, because the
 * value of an older one may not exist any more.
 */
export class MissingValues {
  /** By key and author. */
  readonly #entries = new Map<string, KnownEntry>();
  readonly #places = new Map<string, Set<string>>();

  get size(): number {
    return this.#entries.size;
  }

  /** The hashes of the values, each once. */
  hashes(): IterableIterator<string> {
    return this.#places.keys();
  }

  /** The entries with a value. */
  entriesOf(hash: string): KnownEntry[] {
    const places = this.#places.get(hash) ?? [];
    return [...places].flatMap((place) => this.#entries.get(place) ?? []);
  }

  add(known: KnownEntry): void {
    const place = placeOf(known);
    const older = this.#entries.get(place);
    if (older !== undefined) {
      if (older.entry.timestampUs > known.entry.timestampUs) return;
      this.#delete(older);
    }
    if (this.#entries.size >= MOST_MISSING) this.#deleteOldest();
    this.#entries.set(place, known);
    const { hash } = known.entry;
    const places = this.#places.get(hash) ?? new Set<string>();
    this.#places.set(hash, places.add(place));
  }

  /** Removes and returns the entries with a value. */
  take(hash: string): KnownEntry[] {
    const taken = this.entriesOf(hash);
    for (const known of taken) this.#delete(known);
    return taken;
  }

  #delete(known: KnownEntry): void {
    const place = placeOf(known);
    this.#entries.delete(place);
    const places = this.#places.get(known.entry.hash);
    places?.delete(place);
    if (places?.size === 0) this.#places.delete(known.entry.hash);
  }

  #deleteOldest(): void {
    const [oldest] = this.#entries.values();
    if (oldest !== undefined) this.#delete(oldest);
  }
}

function placeOf({ text, entry }: KnownEntry): string {
  return `${entry.author}/${text}`;
}
