import type { EndpointLease, HealthStatus } from "./lease.ts";

/** The part of a lease that programs print as JSON. */
export interface LeaseSummary {
  readonly endpointId: string;
  readonly health: HealthStatus;
  /** 0 to 1, or `null` if the endpoint does not report it. */
  readonly load: number | null;
  readonly seq: number;
  readonly addresses: readonly string[];
}

/** Returns the summary of a lease. */
export function summarizeLease(lease: EndpointLease): LeaseSummary {
  const { endpointId, healthStatus, load, leaseSeq, directAddrs } = lease;
  return {
    endpointId,
    health: healthStatus,
    load: load ?? null,
    seq: leaseSeq,
    addresses: directAddrs,
  };
}
