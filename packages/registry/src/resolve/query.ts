import type { EndpointLease } from "../entries/lease.ts";
import { RegistryError } from "../error.ts";

/**
 * The order of producers with equal health.
 *
 * - `"round-robin"`: each call begins with the next one
 * - `"least-load"`: the one with the lowest load first, those without a load last
 * - `"random"`
 * - `"lowest-rtt"`: the one with the shortest measured round trip first, unmeasured ones last
 */
export type RankingStrategy = "round-robin" | "least-load" | "random" | "lowest-rtt";

/**
 * The selection of producers. The contract id decides if it is given; otherwise the first of
 * version, channel and tag that leads to a contract.
 */
export interface RegistryQuery {
  readonly service: string;
  readonly contractId?: string | undefined;
  readonly version?: number | undefined;
  readonly channel?: string | undefined;
  /** Without any selector, the highest version counts. */
  readonly tag?: string | undefined;
  /** Default: `"round-robin"`. */
  readonly strategy?: RankingStrategy | undefined;
  /**
   * The serialization modes of the caller, as leases name them. A producer must have one of them.
   * Default: `["fory-xlang"]`.
   */
  readonly modes?: readonly string[] | undefined;
  /** Default: `"aster/1"`. */
  readonly alpn?: string | undefined;
  /** Producers of other policy realms are left out. Default: all realms. */
  readonly realm?: string | undefined;
  /** Measured round trips in milliseconds, for `"lowest-rtt"`. */
  readonly rttMs?: ((endpointId: string) => number | undefined) | undefined;
}

export interface ResolveOptions {
  /** The time to wait for a producer if there is none. Default: 0. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The producers of a contract. */
export interface Resolution {
  readonly contractId: string;
  /** At least one, the best first. */
  readonly leases: readonly EndpointLease[];
}

const STRATEGIES: ReadonlySet<string> = new Set<RankingStrategy>([
  "round-robin",
  "least-load",
  "random",
  "lowest-rtt",
]);

/** Throws {@link RegistryError} `"option"`. */
export function checkQuery(query: RegistryQuery): void {
  const { strategy } = query;
  if (strategy !== undefined && !STRATEGIES.has(strategy)) {
    throw new RegistryError(
      "option",
      `unknown strategy ${JSON.stringify(strategy)}; use round-robin, least-load, random or lowest-rtt`,
    );
  }
  if (typeof query.service !== "string" || query.service === "") {
    throw new RegistryError("option", "option service must be the name of a service");
  }
}
