import type { Clock } from "../clock.ts";
import type { Replica } from "../document/replica.ts";
import { registryKey } from "../entries/keys.ts";
import {
  type EndpointLease,
  encodeLease,
  type HealthStatus,
  LEASE_TOMBSTONE,
  type NewLease,
  newLease,
  renewLease,
} from "../entries/lease.ts";
import type { Notices } from "../watch/notices.ts";

/** The present figures of an endpoint. */
export interface EndpointFigures {
  readonly healthStatus: HealthStatus;
  /** 0 to 1. */
  readonly load?: number | undefined;
  /** Each `ip:port`. */
  readonly directAddrs: readonly string[];
  readonly relayUrl?: string | undefined;
}

export interface LeaseKeeperParts {
  readonly replica: Replica;
  readonly notices: Notices;
  readonly clock: Clock;
  /** The term of the lease. It is renewed three times as often. */
  readonly durationMs: number;
  readonly figures: () => EndpointFigures;
  /** Called when a write fails. The next renewal tries again. */
  readonly onError: (error: unknown) => void;
}

/** Three renewals fit into the term of a lease. */
const RENEWALS = 3;
const DRAIN_MS = 5_000;

/**
 * The lease of one contract of this endpoint: written at the start, at each third of its term, and
 * when the health changes. `withdraw` ends it in order; `close` leaves it to expire.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #key: ReturnType<typeof leaseKey>;
  #lease: EndpointLease;
  #isWritten = false;
  #writing: Promise<void> = Promise.resolve();
  #stopTimer: (() => void) | undefined;
  #isOver = false;
  #withdrawing: Promise<void> | undefined;

  /** `previous` is the lease of an earlier run, whose numbering goes on. */
  constructor(lease: NewLease, previous: EndpointLease | undefined, parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#key = leaseKey(lease);
    const { clock, durationMs } = parts;
    const first = newLease({ ...lease, ...parts.figures() }, clock.nowMs(), durationMs);
    // readers of the Python package ignore numbers that are not higher than those before
    this.#lease = previous === undefined ? first : { ...first, leaseSeq: previous.leaseSeq + 1 };
  }

  get lease(): EndpointLease {
    return this.#lease;
  }

  /** Writes the first lease. Rejects if it cannot be written. */
  async open(): Promise<void> {
    await this.#write();
    this.#renewLater();
  }

  /** Writes the present figures at once. */
  refresh(): Promise<void> {
    if (this.#isOver) return this.#writing;
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#parts.onError);
    return this.#writing;
  }

  /**
   * Announces that the endpoint drains, waits `graceMs`, then replaces the lease by a tombstone and
   * sends a notice. Further calls wait for the first.
   */
  withdraw({ graceMs = DRAIN_MS }: { readonly graceMs?: number | undefined } = {}): Promise<void> {
    this.#withdrawing ??= this.#withdraw(graceMs);
    return this.#withdrawing;
  }

  /** Ends the renewals. The lease expires at the end of its term. */
  close(): void {
    this.#isOver = true;
    this.#stopTimer?.();
  }

  async #withdraw(graceMs: number): Promise<void> {
    this.close();
    await this.#writing;
    const { replica, notices, clock } = this.#parts;
    if (graceMs > 0) {
      await this.#write("draining");
      await new Promise<void>((resolve) => clock.after(graceMs, resolve));
    }
    await replica.write(this.#key, new TextEncoder().encode(LEASE_TOMBSTONE));
    const { service, endpointId } = this.#lease;
    await notices.send({ type: "endpointDown", service, endpointId });
  }

  async #write(status?: HealthStatus): Promise<void> {
    const { replica, notices, clock, figures } = this.#parts;
    if (this.#isWritten) {
      const changes = { ...figures(), ...(status === undefined ? {} : { healthStatus: status }) };
      this.#lease = renewLease(this.#lease, clock.nowMs(), changes);
    }
    await replica.write(this.#key, encodeLease(this.#lease));
    this.#isWritten = true;
    const { service, contractId, endpointId, leaseSeq } = this.#lease;
    await notices.send({ type: "leaseUpserted", service, contractId, endpointId, leaseSeq });
  }

  #renewLater(): void {
    if (this.#isOver) return;
    const { clock, durationMs } = this.#parts;
    this.#stopTimer = clock.after(durationMs / RENEWALS, () => {
      void this.refresh();
      this.#renewLater();
    });
  }
}

function leaseKey({ service, contractId, endpointId }: NewLease) {
  const key = { kind: "lease", service, contractId, endpointId } as const;
  // refuses names that a key cannot hold
  registryKey(key);
  return key;
}
