import { TransportError } from "@aster/transport";
import type { BlobSource, Blobs } from "@aster/transport/blobs";
import type { BlobLocation, FetchOptions, NamedBlob, RegistryBlobs } from "../document/document.ts";
import { RegistryError } from "../error.ts";

/** The characters of a hash in the name of the tag that keeps a collection. */
const TAG_CHARS = 16;

/** The contracts of a registry, in the blobs of a node. */
export function nodeBlobs(blobs: Blobs, peers: () => Promise<readonly string[]>): RegistryBlobs {
  return {
    addCollection: (named) => addCollection(blobs, named),
    fetch: (location, options) => fetchBlobs(blobs, location, peers, options),
  };
}

const tagOf = (hash: string): string => `aster-collection/${hash.slice(0, TAG_CHARS)}`;

async function addCollection(
  blobs: Blobs,
  named: readonly NamedBlob[],
): Promise<{ hash: string; ticket: string }> {
  // tags that keep the parts until the collection does
  const part = (index: number): string => `aster-part/${crypto.randomUUID()}/${index}`;
  const tags = named.map((_, index) => part(index));
  const whole = part(named.length);
  const entries = await Promise.all(
    named.map(async ({ name, content }, index) => {
      const { hash } = await blobs.add(content, { tag: tags[index] });
      return { name, hash };
    }),
  );
  const hash = await blobs.collections.add(entries, { tag: whole });
  await blobs.tags.set(tagOf(hash), hash, { format: "collection" });
  await Promise.all([...tags, whole].map((tag) => blobs.tags.delete(tag)));
  return { hash, ticket: blobs.ticket(hash, { format: "collection" }) };
}

async function fetchBlobs(
  blobs: Blobs,
  location: BlobLocation,
  peers: () => Promise<readonly string[]>,
  options: FetchOptions,
): Promise<NamedBlob[]> {
  try {
    return await localBlobs(blobs, location);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const source: BlobSource = {
    hash: location.hash,
    format: location.isCollection ? "collection" : "raw",
    providers: await providersOf(blobs, location, peers),
  };
  try {
    await blobs.get(source, { ...options, tag: tagOf(location.hash) });
    return await localBlobs(blobs, location);
  } catch (cause) {
    throw failureOf(cause);
  }
}

/** The peers of the document, which answer at present, then the node of the ticket. */
async function providersOf(
  blobs: Blobs,
  { ticket, hash, providers }: BlobLocation,
  peers: () => Promise<readonly string[]>,
): Promise<BlobSource["providers"]> {
  const known = [...new Set([...(await peers()), ...providers])];
  if (ticket === undefined) return known;
  try {
    const parsed = blobs.parseTicket(ticket);
    if (parsed.hash !== hash) return known;
    const { endpointId } = parsed.provider;
    if (!known.includes(endpointId)) return [...known, parsed.provider];
    // its addresses are in the ticket
    return known.map((id) => (id === endpointId ? parsed.provider : id));
  } catch {
    // another publisher may have written something else there
    return known;
  }
}

async function localBlobs(blobs: Blobs, location: BlobLocation): Promise<NamedBlob[]> {
  const { hash, isCollection } = location;
  const entries = isCollection
    ? await blobs.collections.entries(hash)
    : [{ name: "contract.bin", hash }];
  return await Promise.all(
    entries.map(async ({ name, hash: one }) => ({ name, content: await blobs.bytes(one) })),
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof TransportError && error.code === "missing";
}

function failureOf(cause: unknown): unknown {
  if (!(cause instanceof TransportError)) return cause;
  switch (cause.code) {
    case "missing":
    case "connect":
    case "timeout":
    case "reset":
      return new RegistryError("missing", "no peer gave the bytes of the contract", { cause });
    case "frame":
    case "limit":
      return new RegistryError("contract", "the collection of the contract cannot be read", {
        cause,
      });
    case "closed":
      return new RegistryError("closed", "the node was closed, or the signal aborted", { cause });
    default:
      return cause;
  }
}
