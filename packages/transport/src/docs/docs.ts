// Documents: entries under keys, signed by their authors, which nodes synchronize with each other.
import type { NativeDocs } from "@aster/native";
import { parseAddress } from "../address/address.ts";
import { type Blobs, blobsOf } from "../blobs/blobs.ts";
import { isBytes } from "../blobs/content.ts";
import { TransportError } from "../error.ts";
import type { Node } from "../node.ts";
import { wrongOption } from "../option.ts";
import { nativeOf, operate } from "../quic/operation.ts";
import { type Authors, authorsOf } from "./authors.ts";
import { type Doc, docOf } from "./doc.ts";
import { type JoinDocOptions, start } from "./join.ts";
import { checkAborted, itemsOf } from "./pages.ts";
import { type DocId, type DocMode, type DocSource, type DocTicket, ticketOf } from "./ticket.ts";

export interface ListedDoc {
  readonly id: DocId;
  readonly mode: DocMode;
}

/**
 * The documents of a node. All methods reject with a `TransportError`: `"missing"` for a document
 * that the node does not have, `"storage"` for errors of the database, `"closed"` after the close
 * of the node.
 */
export interface Docs {
  readonly authors: Authors;
  /** Creates a document, which this node can write. The caller closes it. */
  create(): Promise<Doc>;
  /**
   * Joins a document by its ticket `doc…`, or by its id and peers. A node that can already write it
   * keeps that right. The caller closes the result. Rejects with `"address"` or `"option"` for a
   * source that cannot be read, and as {@link JoinDocOptions} says. Then the node may have the
   * document, but does not sync it.
   */
  join(source: string | DocSource, options?: JoinDocOptions): Promise<Doc>;
  /** Opens a document that the node has. The caller closes it. */
  open(id: DocId): Promise<Doc>;
  list(): AsyncGenerator<ListedDoc, void, undefined>;
  /**
   * Deletes a document and its entries from this node; other nodes keep theirs. Its handles and
   * subscriptions end with `"closed"`.
   */
  drop(id: DocId): Promise<void>;
  /** Reads a ticket of any node. Throws a `TransportError` `"address"`. */
  parseTicket(text: string): DocTicket;
}

/**
 * Returns the documents of a node over QUIC whose `protocols` name `"docs"`. Contents are blobs of
 * the same node.
 *
 * Throws a `TransportError` `"option"` for other nodes.
 */
export function docsOf(node: Node): Docs {
  const native = nativeOf(node, "docsOf");
  if (!native.servesDocs()) {
    throw new TransportError("option", 'docsOf needs a node with protocols: ["docs"]');
  }
  const docs = native.docs();
  const blobs = blobsOf(node);
  return {
    authors: authorsOf(docs),
    create: async () => docOf(node, blobs, await operate(() => docs.create())),
    join: (source, options = {}) => join(node, blobs, docs, source, options),
    open: async (id) => docOf(node, blobs, await operate(() => docs.open(checkId(id)))),
    list: () => list(docs),
    drop: (id) => operate(() => docs.drop(checkId(id))),
    parseTicket: (text) => ticketOf(docs, text),
  };
}

async function join(
  node: Node,
  blobs: Blobs,
  native: NativeDocs,
  source: string | DocSource,
  options: JoinDocOptions,
): Promise<Doc> {
  const { waitFor, signal } = options;
  if (waitFor !== undefined && waitFor !== "sync" && waitFor !== "content") {
    throw wrongOption("waitFor", '"sync" or "content"', waitFor);
  }
  checkAborted(signal);
  const { id, secret, peers } = typeof source === "string" ? ticketOf(native, source) : source;
  if (secret !== undefined && !isBytes(secret)) {
    throw wrongOption("secret", "a Uint8Array of 32 bytes", secret);
  }
  const addresses = peers.map(parseAddress);
  const doc = docOf(node, blobs, await operate(() => native.join(checkId(id), secret)));
  try {
    await start(doc, addresses, options);
    return doc;
  } catch (reason) {
    await doc.close();
    throw reason;
  }
}

async function* list(native: NativeDocs): AsyncGenerator<ListedDoc, void, undefined> {
  for await (const { id, writable } of itemsOf(native.list())) {
    yield { id, mode: writable ? "write" : "read" };
  }
}

function checkId(id: DocId): DocId {
  if (typeof id === "string") return id;
  throw wrongOption("id", "64 hex characters", id);
}
