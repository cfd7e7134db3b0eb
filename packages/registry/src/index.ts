// The directory of an admission.

export type { Directory } from "./directory.ts";
export { admissionDirectory } from "./directory.ts";
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
