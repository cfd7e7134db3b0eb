import type { ContractManifest } from "@aster/contract/model";
import type {
  BlobLocation,
  NamedBlob,
  RegistryBlobs,
  RegistryDocument,
} from "../document/document.ts";
import type { RegistryView } from "../document/view.ts";
import type { ArtifactRef } from "../entries/artifact-ref.ts";
import { RegistryError } from "../error.ts";
import { checkedManifest, manifestIn, verifiedContract } from "./contract-collection.ts";

const MAX_COLLECTION_BYTES = 64 * 1_048_576;

/** Fetches published contracts and checks them. */
export class Contracts {
  readonly #view: RegistryView;
  readonly #blobs: RegistryBlobs;
  readonly #document: RegistryDocument;

  constructor(view: RegistryView, blobs: RegistryBlobs, document: RegistryDocument) {
    this.#view = view;
    this.#blobs = blobs;
    this.#document = document;
  }

  async contract(contractId: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return verifiedContract(contractId, await this.#collection(contractId, signal));
  }

  async manifest(contractId: string, signal: AbortSignal | undefined): Promise<ContractManifest> {
    const blobs = await this.#collection(contractId, signal);
    const contract = verifiedContract(contractId, blobs);
    const bytes = manifestIn(blobs) ?? (await this.#writtenManifest(contractId));
    if (bytes !== undefined) return checkedManifest(contract, bytes);
    throw new RegistryError("missing", `contract ${contractId} was published without a manifest`);
  }

  async #collection(contractId: string, signal: AbortSignal | undefined): Promise<NamedBlob[]> {
    const value = this.#view.newest({ kind: "contract", contractId })?.value;
    if (value?.kind !== "contract") {
      throw new RegistryError("missing", `the registry has no contract ${contractId}`);
    }
    return await this.#blobs.fetch(locationOf(value.ref), {
      maxBytes: MAX_COLLECTION_BYTES,
      signal,
    });
  }

  /** The manifest beside the collection, where publishers of single blobs may put it. */
  async #writtenManifest(contractId: string): Promise<Uint8Array | undefined> {
    const version = this.#view.newest({ kind: "manifest", contractId });
    return version && (await this.#document.read(version.entry.hash));
  }
}

function locationOf(ref: ArtifactRef): BlobLocation {
  const { collectionHash: hash, collectionFormat, ticket, providerEndpointId } = ref;
  const providers = providerEndpointId === undefined ? [] : [providerEndpointId];
  return { hash, isCollection: collectionFormat === "index", ticket, providers };
}
