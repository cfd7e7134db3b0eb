import { blake3 } from "@aster/contract/model";
import type { Clock } from "../../src/clock.ts";
import type {
  DocumentEntry,
  DocumentEvent,
  RegistryDocument,
} from "../../src/document/document.ts";
import { hexOf } from "../../src/publish/contract-collection.ts";

/** A queue that is read as an iterable until the signal fires. */
export class Queue<T> {
  readonly #items: T[] = [];
  #wake: () => void = () => {};

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const onAbort = (): void => this.#wake();
    signal.addEventListener("abort", onAbort);
    while (!signal.aborted) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (this.#items.length > 0 || signal.aborted) resolve();
        });
      }
    }
    signal.removeEventListener("abort", onAbort);
  }
}

/** A replica of a document in memory, as iroh-docs keeps it. */
export class MemoryDocument implements RegistryDocument {
  readonly namespace: string;
  readonly author: string;
  /** Values of other replicas arrive only when this is false. */
  holdsContent = false;
  /** Events do not reach the readers while this is true. */
  dropsEvents = false;
  readonly #clock: Clock;
  readonly #entries = new Map<string, DocumentEntry>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #held = new Map<string, Uint8Array>();
  readonly #peers = new Set<MemoryDocument>();
  readonly #queues = new Set<Queue<DocumentEvent>>();
  #lastUs = 0;

  constructor(namespace: string, author: string, clock: Clock) {
    this.namespace = namespace;
    this.author = author;
    this.#clock = clock;
  }

  async *entries(): AsyncGenerator<DocumentEntry, void, undefined> {
    yield* [...this.#entries.values()];
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    return this.#contents.get(hash);
  }

  async fetch(hash: string): Promise<boolean> {
    for (const peer of this.#peers) {
      const bytes = peer.#contents.get(hash);
      if (bytes !== undefined) this.#contents.set(hash, bytes);
    }
    return this.#contents.has(hash);
  }

  async set(key: Uint8Array, value: Uint8Array): Promise<DocumentEntry> {
    this.#lastUs = Math.max(this.#clock.nowMs() * 1_000, this.#lastUs + 1);
    return this.insert(key, value, { timestampUs: this.#lastUs });
  }

  subscribe(signal: AbortSignal): AsyncIterable<DocumentEvent> {
    const queue = new Queue<DocumentEvent>();
    this.#queues.add(queue);
    return queue.read(signal);
  }

  /** Writes an entry of any author and time. */
  insert(
    key: Uint8Array | string,
    value: Uint8Array | string,
    { author = this.author, timestampUs }: { author?: string; timestampUs?: number } = {},
  ): DocumentEntry {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    const entry: DocumentEntry = {
      key: typeof key === "string" ? new TextEncoder().encode(key) : key,
      author,
      hash: hexOf(blake3(bytes)),
      sizeBytes: bytes.length,
      timestampUs: timestampUs ?? this.#clock.nowMs() * 1_000,
    };
    this.#receive(entry, bytes, undefined);
    return entry;
  }

  /** Connects two replicas: each gets the entries of the other, and later ones. */
  link(other: MemoryDocument): void {
    this.#peers.add(other);
    other.#peers.add(this);
    other.#syncFrom(this);
    this.#syncFrom(other);
  }

  /** Separates two replicas. */
  unlink(other: MemoryDocument): void {
    this.#peers.delete(other);
    other.#peers.delete(this);
  }

  /** Lets the held values arrive. */
  releaseContent(): void {
    this.holdsContent = false;
    for (const [hash, bytes] of this.#held) {
      this.#contents.set(hash, bytes);
      this.#emit({ kind: "content", hash });
    }
    this.#held.clear();
  }

  /** The held values never arrive. */
  forgetsHeld(): void {
    this.#held.clear();
  }

  /** Tells the readers that they have lost events. */
  lag(): void {
    this.#emit({ kind: "lagged" });
  }

  #syncFrom(other: MemoryDocument): void {
    for (const entry of other.#entries.values()) {
      this.#receive(entry, other.#contents.get(entry.hash), other);
    }
    this.#emit({ kind: "synced" });
  }

  #receive(
    entry: DocumentEntry,
    bytes: Uint8Array | undefined,
    from: MemoryDocument | undefined,
  ): void {
    const id = `${entry.author}/${hexOf(entry.key)}`;
    const known = this.#entries.get(id);
    if (known !== undefined && known.timestampUs >= entry.timestampUs) return;
    this.#entries.set(id, entry);
    if (bytes !== undefined) {
      const target = this.holdsContent && from !== undefined ? this.#held : this.#contents;
      target.set(entry.hash, bytes);
    }
    this.#emit({ kind: "entry", entry });
    for (const peer of this.#peers) if (peer !== from) peer.#receive(entry, bytes, this);
  }

  #emit(event: DocumentEvent): void {
    if (this.dropsEvents) return;
    for (const queue of this.#queues) queue.push(event);
  }
}
