import { formatAddress, formatTicket, type Node, parseAddress, ticketFor } from "@aster/transport";
import { type Blobs, blobsOf } from "@aster/transport/blobs";
import { type Doc, type Docs, docsOf } from "@aster/transport/docs";
import { systemClock } from "../clock.ts";
import { REGISTRY_PREFIXES, registryKey } from "../entries/keys.ts";
import { RegistryError } from "../error.ts";
import { Registry } from "../registry.ts";
import { formatRegistryAddress, parseRegistryAddress } from "../registry-address.ts";
import { waitWithin } from "../wait.ts";
import { nodeBlobs } from "./node-blobs.ts";
import { NodeDocument } from "./node-document.ts";
import { NodeTopic } from "./node-topic.ts";

export interface OpenRegistryOptions {
  /**
   * The address or writer ticket of a registry to join. Default: the node's own registry, which is
   * created unless its storage has it.
   */
  readonly address?: string | undefined;
  /** The name of the node's own registry, for nodes with several of them. Default: `"default"`. */
  readonly name?: string | undefined;
  /** The time for the first sync with a registry that is joined. Default: 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait for the first sync. */
  readonly signal?: AbortSignal | undefined;
}

/** A document, and what is known about its origin. */
interface OpenedDoc {
  readonly doc: Doc;
  readonly owner: string | undefined;
  /** Peers to connect to. */
  readonly peers: readonly string[];
  /** The peer that the address of the registry names. Default: this node. */
  readonly named?: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const POLICY = {
  download: "nothing",
  except: REGISTRY_PREFIXES.map((prefix) => ({ prefix })),
} as const;

/**
 * Opens a registry on a node with `protocols: ["docs"]`. The caller closes it; that ends its sync,
 * and not the node.
 *
 * Rejects with {@link RegistryError}: `"option"` for an address that cannot be read, and
 * `"unavailable"` when no peer of a registry that is joined answers in time and the storage of the
 * node has nothing of it. Errors of the node are `TransportError`s.
 */
export async function openRegistry(
  node: Node,
  options: OpenRegistryOptions = {},
): Promise<Registry> {
  const { address, name = "default", timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const docs = docsOf(node);
  const blobs = blobsOf(node);
  const author = await docs.authors.default();
  const opened =
    address === undefined
      ? await ownDoc(docs, blobs, author, name)
      : await joinedDoc(docs, address);
  const registry = await registryOver(node, blobs, author, opened);
  try {
    // after the subscription of the registry, so that it does not miss the end of the sync
    await opened.doc.startSync(opened.peers);
    if (address !== undefined) await firstSync(registry, timeoutMs, signal);
    return registry;
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** Opens the document with this name that the author has made, or makes it. */
async function ownDoc(docs: Docs, blobs: Blobs, author: string, name: string): Promise<OpenedDoc> {
  const key = registryKey({ kind: "config", name: "registry-name" });
  for await (const { id, mode } of docs.list()) {
    if (mode !== "write") continue;
    const doc = await docs.open(id);
    const entry = await doc.get(key, { author });
    const found = entry && new TextDecoder().decode(await blobs.bytes(entry.hash));
    if (found === name) return { doc, owner: author, peers: [] };
    await doc.close();
  }
  const doc = await docs.create();
  await doc.set(key, name, { author });
  return { doc, owner: author, peers: [] };
}

async function joinedDoc(docs: Docs, address: string): Promise<OpenedDoc> {
  const place = parseRegistryAddress(address);
  const { owner } = place;
  if ("ticket" in place) {
    const doc = await docs.join(place.ticket, { policy: POLICY, sync: false });
    const { peers } = docs.parseTicket(place.ticket);
    return { doc, owner, peers: peers.map(formatAddress) };
  }
  const peers = [place.peer];
  const doc = await docs.join({ id: place.namespace, peers }, { policy: POLICY, sync: false });
  return { doc, owner, peers, named: place.peer };
}

async function registryOver(
  node: Node,
  blobs: Blobs,
  author: string,
  { doc, owner, peers, named }: OpenedDoc,
): Promise<Registry> {
  const namespace = doc.id;
  const topic = new NodeTopic(node, namespace, peers);
  const known = new Map(peers.map((peer) => [parseAddress(peer).endpointId, peer]));
  const everyPeer = async () => [...new Set([...known.keys(), ...(await doc.peers())])];
  const onNeighbor = (peer: string) => topic.addPeer(peer);
  return await Registry.over({
    document: new NodeDocument(doc, author, blobs, everyPeer, onNeighbor, known),
    blobs: nodeBlobs(blobs, everyPeer),
    topic,
    clock: systemClock,
    endpointId: node.id,
    owner,
    addresses: () => {
      const { directAddresses, relayUrl } = node.address();
      return { directAddrs: directAddresses, ...(relayUrl === undefined ? {} : { relayUrl }) };
    },
    address: (present) =>
      formatRegistryAddress({ namespace, peer: named ?? ownAddress(node), owner: present }),
    writerTicket: async () => {
      const ticket = await doc.share({ mode: "write" });
      return formatRegistryAddress({ ticket, owner });
    },
    close: async () => {
      await doc.leave().catch(() => {});
      await doc.close();
    },
  });
}

/** A ticket, or a base64 address if there is a relay, because a ticket has no URL. */
function ownAddress(node: Node): string {
  const address = node.address();
  return address.relayUrl === undefined ? formatTicket(ticketFor(address)) : formatAddress(address);
}

async function firstSync(
  registry: Registry,
  timeoutMs: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  await waitWithin(systemClock, timeoutMs, registry.synced, signal);
  if (registry.hasSynced || registry.stats().entries > 0) return;
  const text = `no peer of the registry answered in ${timeoutMs} ms`;
  throw new RegistryError("unavailable", text);
}
