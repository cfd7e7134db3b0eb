import type { EndpointLease, RankingStrategy } from "@aster/registry";

/** Calls do not move for a smaller difference of load. */
const LOAD_MARGIN = 0.25;
/** Calls move for a round trip that is shorter by this time, and at most half as long. */
const RTT_MARGIN_MS = 5;
const RTT_FACTOR = 2;

/**
 * Returns `true` if calls should move from the present producer to another: because the present one
 * takes no more calls (`undefined`), is degraded while the other is ready, or is clearly worse by
 * the strategy.
 */
export function isPreferred(
  other: EndpointLease,
  present: EndpointLease | undefined,
  strategy: RankingStrategy | undefined,
  rttOf: (endpointId: string) => number | undefined,
): boolean {
  if (present === undefined) return true;
  if (other.healthStatus !== present.healthStatus) return other.healthStatus === "ready";
  if (strategy === "least-load") {
    return other.load !== undefined && (present.load ?? 1) - other.load >= LOAD_MARGIN;
  }
  if (strategy !== "lowest-rtt") return false;
  const [theirs, ours] = [rttOf(other.endpointId), rttOf(present.endpointId)];
  if (theirs === undefined || ours === undefined) return false;
  return ours >= theirs * RTT_FACTOR && ours - theirs >= RTT_MARGIN_MS;
}
