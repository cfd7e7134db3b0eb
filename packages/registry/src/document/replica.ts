import { isReadLater, maxValueBytes, parseEntryValue } from "../entries/entry-value.ts";
import { parseRegistryKey, type RegistryKey, registryKey } from "../entries/keys.ts";
import { RegistryError } from "../error.ts";
import { deferred } from "../wait.ts";
import type { DocumentEntry, DocumentEvent, RegistryDocument } from "./document.ts";
import type { IgnoredEntries, RegistryView } from "./view.ts";

/** An entry with a key of the registry. */
interface KnownEntry {
  readonly key: RegistryKey;
  readonly text: string;
  readonly entry: DocumentEntry;
}

/** Values that are read from the store at a time. */
const READS = 64;
/** Entries whose values have not arrived. Of more, the oldest are found by the next full read. */
const MOST_WAITING = 100_000;

const utf8 = new TextDecoder();

/**
 * Keeps a {@link RegistryView} equal to a document: it reads all entries, then follows the events.
 */
export class Replica {
  readonly #document: RegistryDocument;
  readonly #view: RegistryView;
  readonly #waiting = new Map<string, KnownEntry[]>();
  readonly #closing = new AbortController();
  readonly #ignored = { malformed: 0, unknown: 0, oversized: 0 };
  readonly #synced = deferred();
  #isSynced = false;
  #reading = 0;
  #following: Promise<void> | undefined;

  constructor(document: RegistryDocument, view: RegistryView) {
    this.#document = document;
    this.#view = view;
  }

  /** Reads the document and follows it until {@link Replica.close}. */
  async open(): Promise<void> {
    const events = this.#document.subscribe(this.#closing.signal);
    this.#following = this.#follow(events);
    this.#following.catch(() => {});
    await this.#readAll();
  }

  /** Resolves when a peer has been heard and no value is missing. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** A peer has been heard; values may be missing. */
  get hasSynced(): boolean {
    return this.#isSynced;
  }

  get ignored(): IgnoredEntries {
    return { ...this.#ignored, excess: this.#view.excess };
  }

  /** Writes an entry. A read of the view after that finds it. */
  async write(key: RegistryKey, value: Uint8Array): Promise<void> {
    const bytes = registryKey(key);
    const entry = await this.#document.set(bytes, value);
    this.#parse({ key, text: utf8.decode(bytes), entry }, value);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#following?.catch(() => {});
  }

  async #readAll(): Promise<void> {
    const running = new Set<Promise<void>>();
    for await (const entry of this.#document.entries()) {
      if (this.#closing.signal.aborted) return;
      const reading = this.#receive(entry).finally(() => running.delete(reading));
      running.add(reading);
      if (running.size >= READS) await Promise.race(running);
    }
    await Promise.all(running);
  }

  async #follow(events: AsyncIterable<DocumentEvent>): Promise<void> {
    for await (const event of events) {
      if (event.kind === "entry") void this.#receive(event.entry).catch(() => {});
      else if (event.kind === "content") this.#arrived(event.hash);
      else if (event.kind === "lagged") void this.#readAll().catch(() => {});
      else this.#isSynced = true;
      this.#settle();
    }
  }

  #arrived(hash: string): void {
    const waiting = this.#waiting.get(hash);
    this.#waiting.delete(hash);
    for (const known of waiting ?? []) void this.#read(known).catch(() => {});
  }

  async #receive(entry: DocumentEntry): Promise<void> {
    const key = parseRegistryKey(entry.key);
    if (key === undefined) {
      this.#ignored.unknown += 1;
      return;
    }
    const known: KnownEntry = { key, text: utf8.decode(entry.key), entry };
    if (this.#view.has(known.text, entry)) return;
    if (entry.sizeBytes > maxValueBytes(key)) {
      this.#ignored.oversized += 1;
      this.#put(known, undefined);
    } else if (isReadLater(key)) this.#put(known, { kind: "unread" });
    else await this.#read(known);
  }

  async #read(known: KnownEntry): Promise<void> {
    this.#reading += 1;
    try {
      // before the read, because the value may arrive meanwhile
      this.#wait(known);
      const bytes = await this.#document.read(known.entry.hash);
      if (bytes === undefined || !this.#endWait(known)) return;
      this.#parse(known, bytes);
    } finally {
      this.#reading -= 1;
      this.#settle();
    }
  }

  #parse(known: KnownEntry, bytes: Uint8Array): void {
    try {
      this.#put(known, parseEntryValue(known.key, bytes));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#ignored.malformed += 1;
      this.#put(known, undefined);
    }
  }

  #put({ key, text, entry }: KnownEntry, value: Parameters<RegistryView["put"]>[3]): void {
    this.#view.put(key, text, entry, value);
  }

  #wait(known: KnownEntry): void {
    const { hash } = known.entry;
    const waiting = this.#waiting.get(hash) ?? [];
    waiting.push(known);
    this.#waiting.set(hash, waiting);
    if (this.#waiting.size > MOST_WAITING) {
      for (const oldest of this.#waiting.keys()) {
        this.#waiting.delete(oldest);
        break;
      }
    }
  }

  /** Returns `false` if the value has arrived and is read already. */
  #endWait(known: KnownEntry): boolean {
    const waiting = this.#waiting.get(known.entry.hash);
    const at = waiting?.indexOf(known) ?? -1;
    if (waiting === undefined || at < 0) return false;
    waiting.splice(at, 1);
    if (waiting.length === 0) this.#waiting.delete(known.entry.hash);
    return true;
  }

  #settle(): void {
    if (this.#isSynced && this.#reading === 0 && this.#waiting.size === 0) this.#synced.resolve();
  }
}
