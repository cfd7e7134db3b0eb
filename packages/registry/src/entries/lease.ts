import { z } from "zod";
import { RegistryError } from "../error.ts";
import { encodeRecord, epochMs, hexId, longText, name, parseRecord, shortText } from "./record.ts";

/** The health of an endpoint, as it publishes it. */
export type HealthStatus = "starting" | "ready" | "degraded" | "draining";

/** The record of an endpoint that serves a contract (docs/registry.md, "Leases"). */
export interface EndpointLease {
  readonly endpointId: string;
  readonly contractId: string;
  readonly service: string;
  readonly version: number;
  readonly leaseExpiresEpochMs: number;
  /** The number of writes of this lease, from 1. */
  readonly leaseSeq: number;
  readonly alpn: string;
  readonly serializationModes: readonly string[];
  readonly featureFlags: readonly string[];
  readonly relayUrl?: string | undefined;
  /** Each `ip:port`. */
  readonly directAddrs: readonly string[];
  /** 0 to 1. */
  readonly load?: number | undefined;
  /** Such as `node/24.11`. */
  readonly languageRuntime?: string | undefined;
  readonly asterVersion: string;
  readonly policyRealm?: string | undefined;
  readonly healthStatus: HealthStatus;
  readonly tags: readonly string[];
  readonly updatedAtEpochMs: number;
}

/**
 * The longest term of a lease after each write, and the usual one: three intervals of 15 s, at
 * which endpoints renew it.
 */
export const LEASE_DURATION_MS = 45_000;
/** A shorter term would end between the renewals of a busy endpoint. */
const MIN_LEASE_DURATION_MS = 1_000;
/** The most that the clock of a writer may be ahead of the reader's. */
export const LEASE_CLOCK_SKEW_MS = 5_000;

/** The value that replaces a withdrawn lease: JSON `null`. */
export const LEASE_TOMBSTONE = "null";

/** The fields of a new lease. Fields that are left out get the defaults of the format. */
export type NewLease = Pick<EndpointLease, "endpointId" | "contractId" | "service" | "version"> &
  Partial<Omit<EndpointLease, "leaseSeq" | "leaseExpiresEpochMs" | "updatedAtEpochMs">>;

const texts = z.array(shortText).max(256);

// all keys are required, because other readers require them, too
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

/** Throws {@link RegistryError} `"option"` unless a lease can have this term. */
export function checkLeaseTerm(durationMs: number): void {
  const isWhole = Number.isSafeInteger(durationMs);
  if (isWhole && durationMs >= MIN_LEASE_DURATION_MS && durationMs <= LEASE_DURATION_MS) return;
  const range = `a whole number from ${MIN_LEASE_DURATION_MS} to ${LEASE_DURATION_MS}`;
  throw new RegistryError("option", `option leaseMs must be ${range}, not ${String(durationMs)}`);
}

/** The first write of a lease, with its term. `nowMs` is in epoch milliseconds. */
export function newLease(
  lease: NewLease,
  nowMs: number,
  durationMs: number = LEASE_DURATION_MS,
): EndpointLease {
  return {
    alpn: "aster/1",
    serializationModes: ["fory-xlang"],
    featureFlags: [],
    directAddrs: [],
    // every endpoint of this protocol writes this value, whatever its own version
    asterVersion: "0.2.0",
    healthStatus: "starting",
    tags: [],
    ...lease,
    leaseSeq: 1,
    leaseExpiresEpochMs: nowMs + durationMs,
    updatedAtEpochMs: nowMs,
  };
}

/** The next write of a lease: increments the sequence number and starts the term at `nowMs`. */
export function renewLease(
  lease: EndpointLease,
  nowMs: number,
  changes: Partial<Pick<EndpointLease, "healthStatus" | "load" | "tags" | "directAddrs">> = {},
): EndpointLease {
  return {
    ...lease,
    ...changes,
    leaseSeq: lease.leaseSeq + 1,
    leaseExpiresEpochMs: nowMs + (lease.leaseExpiresEpochMs - lease.updatedAtEpochMs),
    updatedAtEpochMs: nowMs,
  };
}

/**
 * Returns `true` if a lease is valid at `nowMs`: written in the last 45 s, not expired, and dated
 * at most 5 s ahead.
 */
export function isFresh(lease: EndpointLease, nowMs: number): boolean {
  const ageMs = nowMs - lease.updatedAtEpochMs;
  return (
    ageMs <= LEASE_DURATION_MS &&
    ageMs >= -LEASE_CLOCK_SKEW_MS &&
    nowMs <= lease.leaseExpiresEpochMs
  );
}

/** Returns `true` if the endpoint accepts calls: it is ready or degraded. */
export function isRoutable(lease: EndpointLease): boolean {
  return lease.healthStatus === "ready" || lease.healthStatus === "degraded";
}

/** The bytes of a lease. Throws {@link RegistryError} `"record"` for an invalid value. */
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

/**
 * Reads a lease and ignores unknown keys; `undefined` for a withdrawn lease. Throws
 * {@link RegistryError} `"record"`.
 */
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
