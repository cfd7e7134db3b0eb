import { z } from "zod";
import { encodeRecord, epochMs, hexId, longText, parseRecord, shortText } from "./record.ts";

/** The location of the bytes of a contract (docs/registry.md, "Artifact references"). */
export interface ArtifactRef {
  readonly contractId: string;
  /** 64 hex characters; the contract id if the format is `raw`. */
  readonly collectionHash: string;
  readonly providerEndpointId?: string | undefined;
  readonly relayUrl?: string | undefined;
  /** A blob ticket. It gives its holder the right to fetch the bytes. */
  readonly ticket?: string | undefined;
  /** The id of the author that published the reference. */
  readonly publishedBy: string;
  readonly publishedAtEpochMs: number;
  /** `raw` is one blob, `index` a collection of them. */
  readonly collectionFormat: "raw" | "index";
}

const shape = z.object({
  contract_id: hexId,
  collection_hash: hexId,
  provider_endpoint_id: hexId.nullish(),
  relay_url: longText.nullish(),
  ticket: longText.nullish(),
  published_by: shortText.nullish(),
  published_at_epoch_ms: epochMs.nullish(),
  collection_format: z.enum(["raw", "index"]).nullish(),
});

/** The bytes of a reference. Throws {@link RegistryError} `"record"` for an invalid value. */
export function encodeArtifactRef(ref: ArtifactRef): Uint8Array {
  const wire = {
    contract_id: ref.contractId,
    collection_hash: ref.collectionHash,
    provider_endpoint_id: ref.providerEndpointId ?? null,
    relay_url: ref.relayUrl ?? null,
    ticket: ref.ticket ?? null,
    published_by: ref.publishedBy,
    published_at_epoch_ms: ref.publishedAtEpochMs,
    collection_format: ref.collectionFormat,
  };
  return encodeRecord("artifact reference", wire, shape);
}

/** Reads a reference and ignores unknown keys. Throws {@link RegistryError} `"record"`. */
export function parseArtifactRef(input: Uint8Array | string): ArtifactRef {
  const wire = parseRecord("artifact reference", input, shape);
  return {
    contractId: wire.contract_id,
    collectionHash: wire.collection_hash,
    ...(wire.provider_endpoint_id == null ? {} : { providerEndpointId: wire.provider_endpoint_id }),
    ...(wire.relay_url == null ? {} : { relayUrl: wire.relay_url }),
    ...(wire.ticket == null ? {} : { ticket: wire.ticket }),
    publishedBy: wire.published_by ?? "",
    publishedAtEpochMs: wire.published_at_epoch_ms ?? 0,
    collectionFormat: wire.collection_format ?? "raw",
  };
}
