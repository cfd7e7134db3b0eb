import type { Clock } from "../clock.ts";
import { isReadLater, maxValueBytes, parseEntryValue } from "../entries/entry-value.ts";
import { parseRegistryKey, type RegistryKey, registryKey } from "../entries/keys.ts";
import { RegistryError } from "../error.ts";
import { deferred } from "../wait.ts";
import type { DocumentEntry, DocumentEvent, RegistryDocument } from "./document.ts";
import { type KnownEntry, MissingValues } from "./missing-values.ts";
import type { IgnoredEntries, RegistryView } from "./view.ts";

/** Values that are read from the store at a time. */
const READS = 64;
/**
 * The wait after which values that have not arrived are asked for: a download of the document that
 * failed is not repeated. It doubles with each further request.
 */
const FIRST_REQUEST_MS = 2_000;
const LAST_REQUEST_MS = 64_000;
/** Values that are asked for at a time. */
const REQUESTS = 16;

const utf8 = new TextDecoder();

/**
 * Keeps a {@link RegistryView} equal to a document: it reads all entries, then follows the events.
 */
export class Replica {
  readonly #document: RegistryDocument;
  readonly #view: RegistryView;
  readonly #clock: Clock;
  readonly #missing = new MissingValues();
  readonly #closing = new AbortController();
  readonly #ignored = { malformed: 0, unknown: 0, oversized: 0 };
  readonly #synced = deferred();
  #isSynced = false;
  #reading = 0;
  #following: Promise<void> | undefined;
  #requestMs = FIRST_REQUEST_MS;
  #stopRequest: (() => void) | undefined;

  constructor(document: RegistryDocument, view: RegistryView, clock: Clock) {
    this.#document = document;
    this.#view = view;
    this.#clock = clock;
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
    this.#stopRequest?.();
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
      else if (event.kind === "content") void this.#read(event.hash).catch(() => {});
      else if (event.kind === "lagged") void this.#readAll().catch(() => {});
      else this.#isSynced = true;
      this.#settle();
    }
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
    else {
      // before the read, because the value may arrive meanwhile
      this.#missing.add(known);
      await this.#read(entry.hash);
    }
  }

  /** Reads the value with a hash for all entries that miss it. */
  async #read(hash: string): Promise<void> {
    if (this.#missing.entriesOf(hash).length === 0) return;
    this.#reading += 1;
    try {
      const bytes = await this.#document.read(hash);
      if (bytes === undefined) return;
      for (const known of this.#missing.take(hash)) this.#parse(known, bytes);
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

  #settle(): void {
    if (!this.#isSynced || this.#reading > 0) return;
    if (this.#missing.size === 0) this.#synced.resolve();
    else this.#requestLater();
  }

  #requestLater(): void {
    if (this.#closing.signal.aborted) return;
    this.#stopRequest ??= this.#clock.after(this.#requestMs, () => {
      void this.#request().finally(() => {
        this.#stopRequest = undefined;
        this.#settle();
      });
    });
  }

  /** Asks the peers for the values that have not arrived. */
  async #request(): Promise<void> {
    const { signal } = this.#closing;
    const hashes = this.#missing.hashes();
    const worker = async (): Promise<void> => {
      for (const hash of hashes) {
        if (signal.aborted) return;
        const sizes = this.#missing.entriesOf(hash).map(({ key }) => maxValueBytes(key));
        const options = { maxBytes: Math.max(0, ...sizes), signal };
        // a failure has no effect: the next request tries again
        const isHere = await this.#document.fetch(hash, options).catch(() => false);
        if (isHere) await this.#read(hash).catch(() => {});
      }
    };
    const before = this.#missing.size;
    await Promise.all(Array.from({ length: REQUESTS }, worker));
    const hasProgress = this.#missing.size < before;
    this.#requestMs = hasProgress
      ? FIRST_REQUEST_MS
      : Math.min(this.#requestMs * 2, LAST_REQUEST_MS);
  }
}
