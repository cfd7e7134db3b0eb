import type { IgnoredEntries } from "./document/view.ts";
import type { HealthStatus } from "./entries/lease.ts";

/** The figures of an endpoint that its lease shows. They are read at each renewal. */
export interface AdvertiseOptions {
  /** Default: `"ready"`. */
  readonly health?: (() => HealthStatus) | undefined;
  /** 0 to 1. Default: no load. */
  readonly load?: (() => number | undefined) | undefined;
  /** Only callers of this realm, or of none, find the endpoint. Default: callers of all realms. */
  readonly policyRealm?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly featureFlags?: readonly string[] | undefined;
  /** Called when a renewal cannot be written. The next one tries again. Default: nothing. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A lease of this node, which is renewed every 15 s until it ends. */
export interface Advertisement {
  /** Writes the present figures at once, for example when the health has changed. */
  refresh(): Promise<void>;
  /**
   * Ends in order: the lease says `draining` for `graceMs` (default: 5 s), then it is withdrawn.
   */
  withdraw(options?: { readonly graceMs?: number | undefined }): Promise<void>;
  /** Ends without a message, as a crash does: the lease expires. */
  close(): void;
}

export interface WatchOptions {
  /** Leaves out contracts, and the leases and pointers of other services. Default: all. */
  readonly service?: string | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}

export interface RegistryStats {
  /** Entries of all authors in memory. */
  readonly entries: number;
  /** Entries that were not used, and gossip messages that were not read. */
  readonly ignored: IgnoredEntries & { readonly notices: number };
}
