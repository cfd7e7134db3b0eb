// The directory of an admission.

export type { Directory } from "./directory.ts";
export { admissionDirectory } from "./directory.ts";
export { checkManifestFile, MANIFEST_FILE } from "./drift.ts";
export type { RegistryErrorCode } from "./error.ts";
export { RegistryError } from "./error.ts";

// Keys and records of the registry document.

export type { ArtifactRef } from "./artifact-ref.ts";
export { encodeArtifactRef, parseArtifactRef } from "./artifact-ref.ts";
export type { AccessList, RegistryKey } from "./keys.ts";
export { leasePrefix, parseRegistryKey, REGISTRY_PREFIXES, registryKey } from "./keys.ts";
export type { EndpointLease, HealthStatus, NewLease } from "./lease.ts";
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
} from "./lease.ts";

// A registry on a node.

export { registryTopicOf } from "./node/node-topic.ts";
export type { OpenRegistryOptions } from "./node/open-registry.ts";
export { openRegistry } from "./node/open-registry.ts";
export type { PublishedContract, PublishOptions } from "./publisher.ts";
export type { RankingStrategy, RegistryQuery, Resolution, ResolveOptions } from "./query.ts";
export { Registry } from "./registry.ts";
export type { RegistryAddress } from "./registry-address.ts";
export { formatRegistryAddress, parseRegistryAddress } from "./registry-address.ts";
export type { RegistryEvent } from "./registry-event.ts";
export type {
  Advertisement,
  AdvertiseOptions,
  RegistryStats,
  WatchOptions,
} from "./registry-options.ts";
export type { IgnoredEntries } from "./view.ts";
