import { TransportError } from "@aster/transport";
import type { Blobs } from "@aster/transport/blobs";
import type { Doc, DocEntry, DocEvent } from "@aster/transport/docs";
import { systemClock } from "../clock.ts";
import type {
  DocumentEntry,
  DocumentEvent,
  FetchOptions,
  RegistryDocument,
} from "../document/document.ts";
import { RegistryError } from "../error.ts";
import { LostNeighbors } from "./lost-neighbors.ts";

/**
 * The least pause after a sync that failed. It doubles with each further failure, and a random
 * part of up to its length is added: a neighbor that repeats its own sync at the same time ends
 * this one.
 */
const FIRST_PAUSE_MS = 50;
/** Failures after which a neighbor that ends the syncs has nothing new. */
const COLLISIONS = 3;
/** Failures after which the sync is left to the next change of a neighbor. */
const MOST_FAILURES = 8;

type SyncFinished = DocEvent & { readonly kind: "syncFinished" };

/**
 * The document of a registry, in iroh-docs. The first sync is repeated when it fails. The second
 * one finds everything that the peer had when the first one began.
 */
export class NodeDocument implements RegistryDocument {
  readonly namespace: string;
  readonly author: string;
  readonly #doc: Doc;
  readonly #blobs: Blobs;
  readonly #peers: () => Promise<readonly string[]>;
  readonly #onNeighbor: (peer: string) => void;
  readonly #lost: LostNeighbors;
  #failures = 0;
  #hasSynced = false;
  #hasEntry = false;
  #hasNeighbor = false;

  /**
   * `peers` returns those that have the document. `onNeighbor` is called with each peer that this
   * node begins to exchange changes with. `expected` are the addresses of those that should become
   * neighbors, by their ids.
   */
  constructor(
    doc: Doc,
    author: string,
    blobs: Blobs,
    peers: () => Promise<readonly string[]>,
    onNeighbor: (peer: string) => void,
    expected: ReadonlyMap<string, string> = new Map(),
  ) {
    this.namespace = doc.id;
    this.author = author;
    this.#doc = doc;
    this.#blobs = blobs;
    this.#peers = peers;
    this.#onNeighbor = onNeighbor;
    this.#lost = new LostNeighbors(systemClock, (peer) => doc.startSync([peer]));
    for (const [id, address] of expected) this.#lost.expect(id, address);
  }

  async *entries(): AsyncGenerator<DocumentEntry, void, undefined> {
    for await (const entry of this.#doc.query({ includeDeleted: true })) yield entryOf(entry);
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#blobs.bytes(hash);
    } catch (error) {
      if (error instanceof TransportError && error.code === "missing") return undefined;
      throw error;
    }
  }

  async fetch(hash: string, options: FetchOptions): Promise<boolean> {
    const providers = await this.#peers();
    // the document keeps the value
    const tag = `aster-value/${hash}`;
    try {
      await this.#blobs.get({ hash, providers }, { ...options, tag });
      return true;
    } finally {
      await this.#blobs.tags.delete(tag).catch(() => {});
    }
  }

  async set(key: Uint8Array, value: Uint8Array): Promise<DocumentEntry> {
    const { author } = this;
    try {
      await this.#doc.set(key, value, { author });
    } catch (error) {
      const { mode } = await this.#doc.status();
      if (mode === "write") throw error;
      const text = "this node can only read the registry; join it with a writer ticket";
      throw new RegistryError("option", text, { cause: error });
    }
    const entry = await this.#doc.get(key, { author });
    if (entry !== undefined) return entryOf(entry);
    throw new RegistryError("closed", "the entry was deleted while it was written");
  }

  subscribe(signal: AbortSignal): AsyncIterable<DocumentEvent> {
    return this.#events(this.#doc.subscribe({ signal }), signal);
  }

  async *#events(
    events: AsyncIterable<DocEvent>,
    signal: AbortSignal,
  ): AsyncGenerator<DocumentEvent, void, undefined> {
    try {
      for await (const event of events) {
        if (event.kind === "neighborUp") {
          this.#onNeighbor(event.peer);
          this.#lost.up(event.peer);
        }
        if (event.kind === "neighborDown") this.#lost.down(event.peer);
        if (event.kind === "syncFinished") {
          if (this.#hasSyncedBy(event, signal)) yield { kind: "synced" };
          continue;
        }
        // a peer that refuses this node sends neither
        this.#hasEntry ||= event.kind === "insertRemote";
        this.#hasNeighbor ||= event.kind === "neighborUp";
        const change = changeOf(event);
        if (change !== undefined) yield change;
      }
    } catch (error) {
      const isEnd = error instanceof TransportError && error.code === "closed";
      if (!isEnd && !signal.aborted) throw error;
    } finally {
      this.#lost.end();
    }
  }

  /** Returns `true` if the entries of the peer are here. */
  #hasSyncedBy({ peer, error, received }: SyncFinished, signal: AbortSignal): boolean {
    // ended by the peer: it had nothing new, syncs in the other direction, or refuses this node
    const isEnded = error === undefined && received === undefined;
    const isHeard =
      (this.#hasEntry && this.#failures > 0) || (this.#hasNeighbor && this.#failures >= COLLISIONS);
    this.#hasSynced ||= received !== undefined || (isEnded && isHeard);
    if (this.#hasSynced) return true;
    if (this.#failures === MOST_FAILURES) return false;
    const pauseMs = FIRST_PAUSE_MS * 2 ** this.#failures * (1 + Math.random());
    later(pauseMs, signal, () => {
      this.#doc.startSync([peer]).catch(() => {});
    });
    this.#failures += 1;
    return false;
  }
}

/** Calls back after a time, unless the signal fires before. Keeps no process alive. */
function later(ms: number, signal: AbortSignal, callback: () => void): void {
  const stop = systemClock.after(ms, () => {
    signal.removeEventListener("abort", stop);
    callback();
  });
  signal.addEventListener("abort", stop, { once: true });
}

function changeOf(event: DocEvent): DocumentEvent | undefined {
  switch (event.kind) {
    case "insertLocal":
    case "insertRemote":
      return { kind: "entry", entry: entryOf(event.entry) };
    case "contentReady":
      return { kind: "content", hash: event.hash };
    case "lagged":
      return { kind: "lagged" };
    default:
      return undefined;
  }
}

function entryOf(entry: DocEntry): DocumentEntry {
  const { key, author, hash, sizeBytes, timestampMicros } = entry;
  return { key, author, hash, sizeBytes, timestampUs: timestampMicros };
}
