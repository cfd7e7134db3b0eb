// One document. The native module has the entries and the sync; this file checks options and turns
// native objects into promises and async iterables.
import type { NativeDoc, NativeProvider } from "@aster/native";
import { parseAddress } from "../address/address.ts";
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { providerOf } from "../address/provider.ts";
import type { Blobs, ReadOptions } from "../blobs/blobs.ts";
import { TransportError } from "../error.ts";
import type { Node } from "../node.ts";
import { checkWholeNumber, wrongOption } from "../option.ts";
import { operate } from "../quic/operation.ts";
import { type AuthorId, checkAuthor } from "./authors.ts";
import { type DocEntry, entryOf } from "./entry.ts";
import { type DocEvent, eventsOf } from "./events.ts";
import { bytesOf, type DocKey } from "./key.ts";
import { itemsOf } from "./pages.ts";
import { type DownloadPolicy, nativePolicy, policyOf } from "./policy.ts";
import { type DocQuery, nativeQuery } from "./query.ts";
import type { DocId, DocMode } from "./ticket.ts";

export interface WriteOptions {
  /** Default: the default author of the node. */
  readonly author?: AuthorId | undefined;
}

/** A blob as the content of an entry. The result of `blobs.add()` is one. */
export interface EntryContent {
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface GetEntryOptions {
  /** Default: the latest entry of all authors. */
  readonly author?: AuthorId | undefined;
  /** Returns a deletion too. Default: false. */
  readonly includeDeleted?: boolean | undefined;
}

export interface ShareOptions {
  /** The right that the ticket gives. Default: `"read"`. */
  readonly mode?: DocMode | undefined;
  /** The addresses of this node in the ticket, beside its id. Default: `"all"`. */
  readonly addresses?: "all" | "direct" | "relay" | "none" | undefined;
}

export interface DocStatus {
  readonly mode: DocMode;
  /** Peers can sync with this node. */
  readonly syncing: boolean;
}

/**
 * A document that is open. Each author has at most one entry under a key; a later one replaces it.
 *
 * All methods reject with a `TransportError`: `"closed"` after `close()`, after the document has
 * been dropped and after the close of the node, `"storage"` for errors of the database.
 */
export interface Doc extends AsyncDisposable {
  readonly id: DocId;
  /**
   * Stores content, which must not be empty, and its entry. Returns the hash of the content.
   * Rejects with `"option"` when this node can only read the document, `"missing"` for an author of
   * another node, and `"limit"` for a key of more than 3072 bytes.
   */
  set(key: DocKey, content: Uint8Array | string, options?: WriteOptions): Promise<string>;
  /**
   * Stores the entry for content that is a blob, of any size: `doc.setHash("a", await
   * blobs.add({ path }))`. Rejects as `set` does.
   */
  setHash(key: DocKey, content: EntryContent, options?: WriteOptions): Promise<void>;
  get(key: DocKey, options?: GetEntryOptions): Promise<DocEntry | undefined>;
  /**
   * Yields the entries that match, as they are taken. The first one fixes the state of the document
   * that is read; end the iteration soon.
   */
  query(query?: DocQuery): AsyncGenerator<DocEntry, void, undefined>;
  /**
   * Deletes the entries of one author whose keys start with `prefix`, and returns their number. A
   * deletion is an entry too: it reaches the other nodes.
   */
  delete(prefix: DocKey, options?: WriteOptions): Promise<number>;
  /** Yields the content of an entry. Throws `"missing"` when this node does not have it. */
  read(entry: EntryContent, options?: ReadOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** Returns the content of an entry as a whole, which should be small. Rejects as `read` does. */
  bytes(entry: EntryContent, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * Yields the events that follow this call. 1024 of them wait for a slow reader, then the oldest
   * are dropped. The signal ends the iteration; it throws `"closed"` when the document or the node
   * is closed, or the document is dropped.
   */
  subscribe(options?: {
    readonly signal?: AbortSignal | undefined;
  }): AsyncIterableIterator<DocEvent, void, undefined>;
  downloadPolicy(): Promise<DownloadPolicy>;
  /** Sets the contents that later syncs download. Default: everything. */
  setDownloadPolicy(policy: DownloadPolicy): Promise<void>;
  /** Starts the sync, and returns a ticket `doc…` for peers. */
  share(options?: ShareOptions): Promise<string>;
  /**
   * Lets peers sync with this node, and syncs with the given peers and those of earlier syncs. It
   * does not wait for them. The sync goes on until `leave()` or the close of the node. After a
   * restart it has to be started again.
   */
  startSync(peers?: readonly (EndpointAddress | string)[]): Promise<void>;
  /** Ends the sync, for all handles of the document. */
  leave(): Promise<void>;
  status(): Promise<DocStatus>;
  /** Returns the last peers with which the document was synced, at most five. */
  peers(): Promise<EndpointId[]>;
  /** Ends this handle and its subscriptions. The sync goes on. */
  close(): Promise<void>;
}

export function docOf(node: Node, blobs: Blobs, native: NativeDoc): Doc {
  // subscriptions that are not ready yet: later operations wait, so that no event is missed
  let pending: Promise<unknown> | undefined;
  const run = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (pending !== undefined) await pending;
    return await operate(operation);
  };
  // iroh-docs 0.101 stops for ever when its sync task asks for something while its entry task
  // announces more than 1024 entries of one message. The answer to status() shows that it is idle.
  const runIdle = <T>(operation: () => Promise<T>): Promise<T> =>
    run(async () => {
      await native.status();
      return await operation();
    });
  const subscribe: Doc["subscribe"] = ({ signal } = {}) => {
    const subscription = native.subscribe();
    const ready = Promise.allSettled([pending, subscription.ready()]).then(() => {
      if (pending === ready) pending = undefined;
    });
    pending = ready;
    return eventsOf(subscription, signal);
  };
  const close = async (): Promise<void> => {
    try {
      await run(() => native.close());
    } catch (reason) {
      // the close of the node has ended the handle too
      if (!(reason instanceof TransportError && reason.code === "closed")) throw reason;
    }
  };
  return {
    id: native.id,
    set: (key, content, { author } = {}) =>
      run(() => native.set(bytesOf("key", key), bytesOf("content", content), checkAuthor(author))),
    setHash: (key, { hash, sizeBytes }, { author } = {}) =>
      run(() => {
        if (typeof hash !== "string") throw wrongOption("hash", "64 hex characters", hash);
        checkWholeNumber("sizeBytes", sizeBytes, 0, Number.MAX_SAFE_INTEGER);
        return native.setHash(bytesOf("key", key), hash, sizeBytes, checkAuthor(author));
      }),
    get: async (key, { author, includeDeleted = false } = {}) => {
      const entry = await run(() =>
        native.get(bytesOf("key", key), checkAuthor(author), includeDeleted),
      );
      return entry === null ? undefined : entryOf(entry);
    },
    query: (query = {}) => entries(native, query),
    delete: (prefix, { author } = {}) =>
      run(() => native.delete(bytesOf("prefix", prefix), checkAuthor(author))),
    read: (entry, options) => blobs.read(entry.hash, options),
    bytes: (entry, options) => blobs.bytes(entry.hash, options),
    subscribe,
    downloadPolicy: async () => policyOf(await run(() => native.policy())),
    setDownloadPolicy: (policy) => run(() => native.setPolicy(nativePolicy(policy))),
    share: ({ mode = "read", addresses = "all" } = {}) =>
      runIdle(() => {
        if (mode !== "read" && mode !== "write")
          throw wrongOption("mode", '"read" or "write"', mode);
        return native.share(mode === "write", sharedAddress(node.address(), addresses));
      }),
    startSync: (peers = []) =>
      runIdle(() => native.startSync(peers.map((peer) => providerOf(parseAddress(peer))))),
    leave: () => runIdle(() => native.leave()),
    status: async () => {
      const { writable, syncing } = await run(() => native.status());
      return { mode: writable ? "write" : "read", syncing };
    },
    peers: () => run(() => native.peers()),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function* entries(
  native: NativeDoc,
  query: DocQuery,
): AsyncGenerator<DocEntry, void, undefined> {
  const list = await operate(() => native.query(nativeQuery(query)));
  for await (const entry of itemsOf(list, query.signal)) yield entryOf(entry);
}

function sharedAddress(
  { endpointId, relayUrl, directAddresses }: EndpointAddress,
  addresses: NonNullable<ShareOptions["addresses"]>,
): NativeProvider {
  const direct = { endpointId, directAddresses };
  const relay = {
    endpointId,
    directAddresses: [],
    ...(relayUrl === undefined ? {} : { relayUrl }),
  };
  switch (addresses) {
    case "all":
      return providerOf({ ...relay, ...direct });
    case "direct":
      return providerOf(direct);
    case "relay":
      return providerOf(relay);
    case "none":
      return providerOf({ endpointId, directAddresses: [] });
    default:
      throw wrongOption("addresses", '"all", "direct", "relay" or "none"', addresses);
  }
}
