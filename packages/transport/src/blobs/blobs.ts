// Blobs: content of any size, named by its BLAKE3 hash, in the store of a node.
//
// The native module has the store and the downloads. This file checks options and turns native
// objects into promises and async iterables.
import { resolve } from "node:path";
import type { NativeBlobs } from "@aster/native";
import { parseAddress } from "../address/address.ts";
import type { EndpointAddress } from "../address/endpoint.ts";
import { providerOf } from "../address/provider.ts";
import type { Node } from "../node.ts";
import { checkWholeNumber, wrongOption } from "../option.ts";
import { failureOf, nativeOf, operate } from "../quic/operation.ts";
import { type Collections, collectionsOf } from "./collections.ts";
import { contentFeed, isBytes, isIterable } from "./content.ts";
import { checkTag, type Tags, tagsOf } from "./tags.ts";
import type { BlobTicket } from "./ticket.ts";
import { type Transfer, transfer } from "./transfer.ts";

/**
 * The content of a new blob: bytes, a file, or pieces such as those of a `ReadableStream`. Pieces
 * are taken as fast as the store writes them.
 */
export type BlobContent = Uint8Array | { readonly path: string } | AsyncIterable<Uint8Array>;

/** One blob, or a collection together with its blobs. Default: `"raw"`. */
export type BlobFormat = "raw" | "collection";

export interface AddOptions {
  /** The name of the tag that keeps the blob. Default: its hash. */
  readonly tag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A blob and the peers that have it. */
export interface BlobSource {
  readonly hash: string;
  readonly format?: BlobFormat | undefined;
  /** Asked in this order. A later one continues what an earlier one did not finish. */
  readonly providers: readonly (EndpointAddress | string)[];
}

export interface GetOptions extends AddOptions {
  /** A larger blob or collection fails with `"limit"`. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

export interface ReadOptions {
  /** Default: 0. */
  readonly offset?: number | undefined;
  /** Default: to the end. A range may exceed the end of the blob. */
  readonly length?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BlobStatus {
  readonly state: "complete" | "partial" | "missing";
  /** Of a partial blob, the size that a provider gave, if one did. */
  readonly sizeBytes?: number | undefined;
}

export interface BlobEntry {
  readonly hash: string;
  readonly complete: boolean;
  /** Of a partial blob, the size that a provider gave, if one did. */
  readonly sizeBytes?: number | undefined;
}

/**
 * The blobs of a node. All methods fail with a `TransportError`: `"missing"` for a blob that is not
 * there, `"storage"` for errors of the disk, `"closed"` after the close of the node or an abort.
 *
 * Every blob that is added or downloaded gets a tag, which keeps it. Blobs without one are deleted
 * by the garbage collection, unless a collection or document refers to them.
 */
export interface Blobs {
  readonly tags: Tags;
  readonly collections: Collections;
  add(content: BlobContent, options?: AddOptions): Transfer;
  /**
   * Downloads a blob or collection into the store. Only what is missing is fetched: after an
   * abort, a failure or a restart, the same call continues. The tag of a download that failed may
   * remain, and keeps what has arrived; delete it to give the download up.
   */
  get(source: string | BlobSource, options?: GetOptions): Transfer;
  /** Writes a complete blob into a file, over one that is there. */
  export(hash: string, path: string, options?: { readonly signal?: AbortSignal }): Transfer;
  /** Yields the bytes of a complete blob in pieces of at most 512 KiB, as they are taken. */
  read(hash: string, options?: ReadOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** Returns a complete blob as a whole, which should be small. */
  bytes(hash: string, options?: ReadOptions): Promise<Uint8Array>;
  status(hash: string): Promise<BlobStatus>;
  list(): AsyncGenerator<BlobEntry, void, undefined>;
  /** Returns a ticket `blob…`: the hash and the addresses of this node. */
  ticket(hash: string, options?: { readonly format?: BlobFormat }): string;
  /** Reads a ticket of any node. Throws a `TransportError` `"address"`. */
  parseTicket(text: string): BlobTicket;
}

/**
 * Returns the blobs of a node over QUIC. Peers can get them if `protocols` of the node names
 * `"blobs"` or `"docs"`. The store ends with the node.
 *
 * Throws a `TransportError` `"option"` for other nodes.
 */
export function blobsOf(node: Node): Blobs {
  const native = nativeOf(node, "blobsOf").blobs();
  return {
    tags: tagsOf(native),
    collections: collectionsOf(native),
    add: (content, options = {}) => add(native, content, options),
    get: (source, options = {}) => get(native, source, options),
    export: (hash, path, { signal } = {}) =>
      transfer(() => native.export(hash, resolve(path)), signal),
    read: (hash, options = {}) => read(native, hash, options),
    bytes: (hash, options = {}) => bytes(native, hash, options),
    status: (hash) => operate(() => native.status(hash)),
    list: () => list(native),
    ticket: (hash, { format } = {}) => {
      const provider = providerOf(node.address());
      return attempt(() =>
        native.writeTicket({ hash, provider, collection: isCollection(format) }),
      );
    },
    parseTicket: (text) => ticketOf(native, text),
  };
}

function add(native: NativeBlobs, content: BlobContent, { tag, signal }: AddOptions): Transfer {
  if (isBytes(content)) {
    return transfer(() => native.addBytes(content, checkTag(tag)), signal);
  }
  if (isIterable(content)) {
    const stream = native.addStream(checkTag(tag));
    return transfer(() => startOf(stream.transfer()), signal, contentFeed(stream, content, signal));
  }
  return transfer(() => native.addPath(resolve(pathOf(content)), checkTag(tag)), signal);
}

function startOf<T>(started: T | null): T {
  if (started === null) throw new Error("native: the import has started already");
  return started;
}

function pathOf(content: { readonly path: string }): string {
  if (typeof content?.path === "string") return content.path;
  throw wrongOption("content", "a Uint8Array, { path } or an async iterable of them", content);
}

function get(
  native: NativeBlobs,
  source: string | BlobSource,
  { tag, signal, maxBytes }: GetOptions,
): Transfer {
  return transfer(() => {
    if (maxBytes !== undefined) checkWholeNumber("maxBytes", maxBytes, 0, Number.MAX_SAFE_INTEGER);
    const { hash, format, providers } =
      typeof source === "string" ? sourceOf(native, source) : source;
    const addresses = providers.map((provider) => providerOf(parseAddress(provider)));
    return native.get(hash, isCollection(format), addresses, checkTag(tag), maxBytes);
  }, signal);
}

function sourceOf(native: NativeBlobs, text: string): BlobSource {
  const { hash, format, provider } = ticketOf(native, text);
  return { hash, format, providers: [provider] };
}

function ticketOf(native: NativeBlobs, text: string): BlobTicket {
  const { hash, collection, provider } = attempt(() => native.readTicket(text.trim()));
  const { id, direct, relay } = provider;
  const relayUrl = relay === undefined ? {} : { relayUrl: relay };
  return {
    hash,
    format: collection ? "collection" : "raw",
    provider: { endpointId: id, directAddresses: direct, ...relayUrl },
  };
}

async function* read(
  native: NativeBlobs,
  hash: string,
  { offset = 0, length, signal }: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkWholeNumber("offset", offset, 0, Number.MAX_SAFE_INTEGER);
  if (length !== undefined) checkWholeNumber("length", length, 0, Number.MAX_SAFE_INTEGER);
  const end = length === undefined ? undefined : offset + length;
  const reader = attempt(() => native.read(hash, offset, end));
  for (;;) {
    signal?.throwIfAborted();
    const piece = await operate(() => reader.next());
    if (piece === null) return;
    yield piece;
  }
}

async function bytes(native: NativeBlobs, hash: string, options: ReadOptions): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of read(native, hash, options)) {
    pieces.push(piece);
    total += piece.length;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

async function* list(native: NativeBlobs): AsyncGenerator<BlobEntry, void, undefined> {
  const pages = native.list();
  for (;;) {
    const page = await operate(() => pages.next());
    if (page.length === 0) return;
    yield* page;
  }
}

function isCollection(format: BlobFormat = "raw"): boolean {
  if (format === "raw" || format === "collection") return format === "collection";
  throw wrongOption("format", '"raw" or "collection"', format);
}

/** Runs a synchronous operation. Throws `TransportError`. */
function attempt<T>(operation: () => T): T {
  try {
    return operation();
  } catch (reason) {
    throw failureOf(reason);
  }
}
