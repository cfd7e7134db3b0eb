import { z } from "zod";
import { encodeRecord, epochMs, hexId, longText, name, parseRecord, shortText } from "./record.ts";

export type HealthStatus = "starting" | "ready" | "degraded" | "draining";

/** What an endpoint says of itself while it serves a contract (docs/registry.md, "Leases"). */
export interface EndpointLease {
  readonly endpointId: string;
  readonly contractId: string;
  readonly service: string;
  readonly version: number;
  readonly leaseExpiresEpochMs: number;
  /** Counts the writes of one lease, from 1. */
  readonly leaseSeq: number;
  readonly alpn: string;
  readonly serializationModes: readonly string[];
  readonly featureFlags: readonly string[];
  readonly relayUrl?: string;
  /** `ip:port`. */
  readonly directAddrs: readonly string[];
  /** 0 to 1. */
  readonly load?: number;
  /** Such as `node/24.11`. */
  readonly languageRuntime?: string;
  readonly asterVersion: string;
  readonly policyRealm?: string;
  readonly healthStatus: HealthStatus;
  readonly tags: readonly string[];
  readonly updatedAtEpochMs: number;
}

/** How long a lease holds after each write, and how far ahead of our clock its writer's may be. */
export const LEASE_DURATION_MS = 45_000;
export const LEASE_CLOCK_SKEW_MS = 5_000;

/** The value that takes the place of a lease that was withdrawn: JSON `null`. */
export const LEASE_TOMBSTONE = "null";

export type NewLease = Pick<EndpointLease, "endpointId" | "contractId" | "service" | "version"> &
  Partial<Omit<EndpointLease, "leaseSeq" | "leaseExpiresEpochMs" | "updatedAtEpochMs">>;

const texts = z.array(shortText).max(256);

// every key is required, as the other readers require them
const shape = z.object({
  endpoint_id: hexId,
  contract_id: hexId,
  service: name,
  version: z.int().min(0).max(0x7fffffff),
  lease_expires_epoch_ms: epochMs,
  lease_seq: z.int().min(0),
  alpn: shortText,
  serialization_modes: texts,
  feature_flags: texts,
  relay_url: longText.nullable(),
  direct_addrs: texts,
  load: z.number().min(0).max(1).nullable(),
  language_runtime: shortText.nullable(),
  aster_version: shortText,
  policy_realm: shortText.nullable(),
  health_status: z.enum(["starting", "ready", "degraded", "draining"]),
  tags: texts,
  updated_at_epoch_ms: epochMs,
});

/** The first write of a lease. `nowMs` is epoch milliseconds; what is not given has the defaults of the format. */
export function newLease(lease: NewLease, nowMs: number): EndpointLease {
  return {
    alpn: "aster/1",
    serializationModes: ["fory-xlang"],
    featureFlags: [],
    directAddrs: [],
    // what every endpoint that speaks this protocol says, whatever its own version
    asterVersion: "0.2.0",
    healthStatus: "starting",
    tags: [],
    ...lease,
    leaseSeq: 1,
    leaseExpiresEpochMs: nowMs + LEASE_DURATION_MS,
    updatedAtEpochMs: nowMs,
  };
}

/** The next write of a lease: the sequence number goes up by one, the term starts again at `nowMs`. */
export function renewLease(
  lease: EndpointLease,
  nowMs: number,
  changes: Partial<Pick<EndpointLease, "healthStatus" | "load" | "tags" | "directAddrs">> = {},
): EndpointLease {
  return {
    ...lease,
    ...changes,
    leaseSeq: lease.leaseSeq + 1,
    leaseExpiresEpochMs: nowMs + LEASE_DURATION_MS,
    updatedAtEpochMs: nowMs,
  };
}

/** Whether a lease holds at `nowMs`: written within the last 45 s, not expired, and not dated more than 5 s ahead. */
export function isFresh(lease: EndpointLease, nowMs: number): boolean {
  const ageMs = nowMs - lease.updatedAtEpochMs;
  return (
    ageMs <= LEASE_DURATION_MS &&
    ageMs >= -LEASE_CLOCK_SKEW_MS &&
    nowMs <= lease.leaseExpiresEpochMs
  );
}

/** Whether the endpoint takes calls: it is ready, or degraded. */
export function isRoutable(lease: EndpointLease): boolean {
  return lease.healthStatus === "ready" || lease.healthStatus === "degraded";
}

/** The bytes of a lease. Throws {@link RegistryError} `"record"` for a value a reader would refuse. */
export function encodeLease(lease: EndpointLease): Uint8Array {
  const wire = {
    endpoint_id: lease.endpointId,
    contract_id: lease.contractId,
    service: lease.service,
    version: lease.version,
    lease_expires_epoch_ms: lease.leaseExpiresEpochMs,
    lease_seq: lease.leaseSeq,
    alpn: lease.alpn,
    serialization_modes: lease.serializationModes,
    feature_flags: lease.featureFlags,
    relay_url: lease.relayUrl ?? null,
    direct_addrs: lease.directAddrs,
    load: lease.load ?? null,
    language_runtime: lease.languageRuntime ?? null,
    aster_version: lease.asterVersion,
    policy_realm: lease.policyRealm ?? null,
    health_status: lease.healthStatus,
    tags: lease.tags,
    updated_at_epoch_ms: lease.updatedAtEpochMs,
  };
  return encodeRecord("lease", wire, shape);
}

/** Reads a lease; `undefined` for a tombstone, unknown keys are ignored. Throws {@link RegistryError} `"record"`. */
export function parseLease(input: Uint8Array | string): EndpointLease | undefined {
  const wire = parseRecord("lease", input, shape.nullable());
  if (wire === null) return undefined;
  return {
    endpointId: wire.endpoint_id,
    contractId: wire.contract_id,
    service: wire.service,
    version: wire.version,
    leaseExpiresEpochMs: wire.lease_expires_epoch_ms,
    leaseSeq: wire.lease_seq,
    alpn: wire.alpn,
    serializationModes: wire.serialization_modes,
    featureFlags: wire.feature_flags,
    ...(wire.relay_url === null ? {} : { relayUrl: wire.relay_url }),
    directAddrs: wire.direct_addrs,
    ...(wire.load === null ? {} : { load: wire.load }),
    ...(wire.language_runtime === null ? {} : { languageRuntime: wire.language_runtime }),
    asterVersion: wire.aster_version,
    ...(wire.policy_realm === null ? {} : { policyRealm: wire.policy_realm }),
    healthStatus: wire.health_status,
    tags: wire.tags,
    updatedAtEpochMs: wire.updated_at_epoch_ms,
  };
}
