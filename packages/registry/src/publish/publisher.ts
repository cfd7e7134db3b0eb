import { serviceDefinitionOf } from "@aster/contract";
import { blake3, type ManifestPublication } from "@aster/contract/model";
import type { Clock } from "../clock.ts";
import type { RegistryBlobs } from "../document/document.ts";
import type { Replica } from "../document/replica.ts";
import type { RegistryView } from "../document/view.ts";
import { type ArtifactRef, encodeArtifactRef } from "../entries/artifact-ref.ts";
import { type RegistryKey, registryKey } from "../entries/keys.ts";
import type { Notices } from "../watch/notices.ts";
import { contractCollectionOf, hexOf } from "./contract-collection.ts";

export interface PublishOptions {
  /** Channels that will refer to the contract, such as `stable`. Default: none. */
  readonly channels?: readonly string[] | undefined;
  /** Tags that will refer to the contract. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** Further fields of the manifest. */
  readonly manifest?: ManifestPublication | undefined;
}

/** A contract that a registry refers to. */
export interface PublishedContract {
  readonly service: string;
  readonly version: number;
  readonly contractId: string;
  readonly collectionHash: string;
}

export interface PublisherParts {
  readonly view: RegistryView;
  readonly replica: Replica;
  readonly blobs: RegistryBlobs;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly author: string;
  readonly endpointId: string;
}

const utf8 = new TextEncoder();

/**
 * Stores the collection of a contract and writes its entries: the reference, the manifest, and the
 * pointers of its version, channels and tags. Entries that would not change are not written.
 */
export async function publishContract(
  service: object,
  options: PublishOptions,
  parts: PublisherParts,
): Promise<PublishedContract> {
  const { name, version } = serviceDefinitionOf(service);
  const { channels = [], tags = [] } = options;
  const pointers: RegistryKey[] = [
    { kind: "version", service: name, version },
    ...channels.map((channel) => ({ kind: "channel", service: name, channel }) as const),
    ...tags.map((tag) => ({ kind: "tag", service: name, tag }) as const),
  ];
  // refuses bad names before anything is written
  for (const key of pointers) registryKey(key);
  const { contractId, blobs, manifest } = contractCollectionOf(service, options.manifest);
  const { hash, ticket } = await parts.blobs.addCollection(blobs);
  await writeRef(parts, {
    contractId,
    collectionHash: hash,
    providerEndpointId: parts.endpointId,
    ticket,
    publishedBy: parts.author,
    publishedAtEpochMs: parts.clock.nowMs(),
    collectionFormat: "index",
  });
  await writeManifest(parts, contractId, manifest);
  let isNew = false;
  for (const key of pointers) isNew = (await writePointer(parts, key, contractId)) || isNew;
  if (isNew) {
    await parts.notices.send({ type: "contractPublished", service: name, version, contractId });
    for (const channel of channels) {
      await parts.notices.send({ type: "channelUpdated", service: name, channel, contractId });
    }
  }
  return { service: name, version, contractId, collectionHash: hash };
}

async function writeRef(
  { view, replica, author }: PublisherParts,
  ref: ArtifactRef,
): Promise<void> {
  const key = { kind: "contract", contractId: ref.contractId } as const;
  const own = view.slot(key)?.versions.get(author)?.value;
  if (own?.kind === "contract" && isSameSource(own.ref, ref)) return;
  await replica.write(key, encodeArtifactRef(ref));
}

async function writeManifest(
  { view, replica, author }: PublisherParts,
  contractId: string,
  manifest: Uint8Array,
): Promise<void> {
  const key = { kind: "manifest", contractId } as const;
  const own = view.slot(key)?.versions.get(author);
  if (own?.entry.hash === hexOf(blake3(manifest))) return;
  await replica.write(key, manifest);
}

function isSameSource(left: ArtifactRef, right: ArtifactRef): boolean {
  return left.collectionHash === right.collectionHash && left.ticket === right.ticket;
}

/** Returns `false` if the pointer already leads to the contract. */
async function writePointer(
  { view, replica }: PublisherParts,
  key: RegistryKey,
  contractId: string,
): Promise<boolean> {
  const newest = view.newest(key)?.value;
  if (newest?.kind === "pointer" && newest.contractId === contractId) return false;
  await replica.write(key, utf8.encode(contractId));
  return true;
}
