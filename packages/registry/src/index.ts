// The registry of a node.

export type { IgnoredEntries } from "./document/view.ts";
export type { RegistryErrorCode } from "./error.ts";
export { RegistryError } from "./error.ts";
export { registryTopicOf } from "./node/node-topic.ts";
export type { OpenRegistryOptions } from "./node/open-registry.ts";
export { openRegistry } from "./node/open-registry.ts";
export { checkManifestFile, MANIFEST_FILE } from "./publish/drift.ts";
export type { PublishedContract, PublishOptions } from "./publish/publisher.ts";
export { Registry } from "./registry.ts";
export type { RegistryAddress } from "./registry-address.ts";
export { formatRegistryAddress, parseRegistryAddress } from "./registry-address.ts";
export type {
  Advertisement,
  AdvertiseOptions,
  RegistryStats,
  WatchOptions,
} from "./registry-options.ts";
export type {
  RankingStrategy,
  RegistryQuery,
  Resolution,
  ResolveOptions,
} from "./resolve/query.ts";
export type { RegisteredService } from "./resolve/services.ts";
export type { RegistryEvent } from "./watch/registry-event.ts";

// Keys and records of the registry document.

export type { ArtifactRef } from "./entries/artifact-ref.ts";
export { encodeArtifactRef, parseArtifactRef } from "./entries/artifact-ref.ts";
export type { AccessList, RegistryKey } from "./entries/keys.ts";
export { leasePrefix, parseRegistryKey, REGISTRY_PREFIXES, registryKey } from "./entries/keys.ts";
export type { EndpointLease, HealthStatus, NewLease } from "./entries/lease.ts";
export {
  encodeLease,
  isFresh,
  isRoutable,
  LEASE_CLOCK_SKEW_MS,
  LEASE_DURATION_MS,
  LEASE_TOMBSTONE,
  newLease,
  parseLease,
  renewLease,
} from "./entries/lease.ts";
export type { LeaseSummary } from "./entries/lease-summary.ts";
export { summarizeLease } from "./entries/lease-summary.ts";

// The producers that an admission names.

export type { Directory } from "./directory.ts";
export { admissionDirectory } from "./directory.ts";
