import type { Clock } from "../clock.ts";
import { freshLease, type Slot, type Version } from "../document/slot.ts";
import type { RegistryView } from "../document/view.ts";
import type { RegistryKey } from "../entries/keys.ts";
import { type EndpointLease, isRoutable } from "../entries/lease.ts";
import { RegistryError } from "../error.ts";
import type { Announcements } from "../watch/watcher.ts";
import type { RankingStrategy, RegistryQuery, Resolution } from "./query.ts";

const DEFAULT_MODES: readonly string[] = ["fory-xlang"];
const DEFAULT_ALPN = "aster/1";
/** Contracts whose round robin is remembered. */
const MOST_TURNS = 10_000;

/** A producer, and its announcement to be down. */
interface Candidate {
  readonly lease: EndpointLease;
  readonly isDown: boolean;
}

/** Finds the producers of a contract in a view. */
export class Resolver {
  readonly #view: RegistryView;
  readonly #announcements: Announcements;
  readonly #clock: Clock;
  readonly #turns = new Map<string, number>();

  constructor(view: RegistryView, announcements: Announcements, clock: Clock) {
    this.#view = view;
    this.#announcements = announcements;
    this.#clock = clock;
  }

  /**
   * Throws {@link RegistryError}: `"missing"` when no selector leads to a contract or nothing is
   * known about it, `"unavailable"` when none of its endpoints can take calls.
   */
  resolve(query: RegistryQuery): Resolution {
    const contractId = this.#contractOf(query);
    if (contractId === undefined) throw missing(query);
    const slots = [...this.#view.leases(query.service, contractId)];
    if (slots.length === 0 && this.#isUnknown(query, contractId)) throw missing(query);
    const candidates = slots.flatMap((slot) => this.#candidate(slot, query) ?? []);
    if (candidates.length === 0) {
      throw new RegistryError(
        "unavailable",
        `no endpoint of ${query.service} can take calls; ${slots.length} are known, and withdrawn, ` +
          "expired, not ready, or of another mode or realm",
      );
    }
    return { contractId, leases: this.#ranked(candidates, query, contractId) };
  }

  #contractOf(query: RegistryQuery): string | undefined {
    const { service, contractId, version, channel, tag } = query;
    if (contractId !== undefined) return contractId;
    const keys: RegistryKey[] = [];
    if (version !== undefined) keys.push({ kind: "version", service, version });
    if (channel !== undefined) keys.push({ kind: "channel", service, channel });
    if (tag !== undefined) keys.push({ kind: "tag", service, tag });
    if (keys.length === 0) return this.#highestVersion(service);
    for (const key of keys) {
      const found = contractOf(this.#view.newest(key));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #highestVersion(service: string): string | undefined {
    let highest: { readonly version: number; readonly contractId: string } | undefined;
    for (const slot of this.#view.versions(service)) {
      const { key } = slot;
      const contractId = contractOf(this.#view.newestIn(slot));
      if (key.kind !== "version" || contractId === undefined) continue;
      if (highest === undefined || key.version > highest.version) {
        highest = { version: key.version, contractId };
      }
    }
    return highest?.contractId;
  }

  /** A pointer or a published contract without any lease is known: its endpoints are all down. */
  #isUnknown(query: RegistryQuery, contractId: string): boolean {
    return query.contractId !== undefined && !this.#view.newest({ kind: "contract", contractId });
  }

  #candidate(slot: Slot, query: RegistryQuery): Candidate | undefined {
    const { modes = DEFAULT_MODES, alpn = DEFAULT_ALPN, realm } = query;
    const lease = freshLease(this.#view.newestIn(slot), this.#clock.nowMs());
    if (lease === undefined || !isRoutable(lease) || lease.alpn !== alpn) return undefined;
    if (!lease.serializationModes.some((mode) => modes.includes(mode))) return undefined;
    const { policyRealm } = lease;
    if (realm !== undefined && policyRealm !== undefined && policyRealm !== realm) return undefined;
    return { lease, isDown: this.#announcements.isDown(slot) };
  }

  /** Ready endpoints first, then degraded ones, then those that have announced their end. */
  #ranked(
    candidates: readonly Candidate[],
    query: RegistryQuery,
    contractId: string,
  ): EndpointLease[] {
    const groups: EndpointLease[][] = [[], [], []];
    for (const { lease, isDown } of candidates) {
      const group = isDown ? 2 : lease.healthStatus === "ready" ? 0 : 1;
      groups[group]?.push(lease);
    }
    const { strategy = "round-robin" } = query;
    return groups.flatMap((group, index) => {
      if (strategy === "round-robin") return this.#nextTurn(group, `${index}/${contractId}`);
      return group.length < 2 ? group : sorted(group, strategy, query);
    });
  }

  #nextTurn(group: EndpointLease[], turnKey: string): EndpointLease[] {
    if (group.length < 2) return group;
    // an order that does not depend on the arrival of the leases
    group.sort((left, right) => (left.endpointId < right.endpointId ? -1 : 1));
    const turn = (this.#turns.get(turnKey) ?? 0) % group.length;
    if (this.#turns.size >= MOST_TURNS) this.#turns.clear();
    this.#turns.set(turnKey, turn + 1);
    return [...group.slice(turn), ...group.slice(0, turn)];
  }
}

function sorted(
  group: EndpointLease[],
  strategy: Exclude<RankingStrategy, "round-robin">,
  { rttMs = () => undefined }: RegistryQuery,
): EndpointLease[] {
  const cost: Record<typeof strategy, (lease: EndpointLease) => number> = {
    "least-load": ({ load }) => load ?? Number.POSITIVE_INFINITY,
    "lowest-rtt": ({ endpointId }) => rttMs(endpointId) ?? Number.POSITIVE_INFINITY,
    random: () => Math.random(),
  };
  const costs = group.map((lease) => ({ lease, cost: cost[strategy](lease) }));
  // Infinity minus Infinity is not a number
  costs.sort((left, right) => (left.cost === right.cost ? 0 : left.cost - right.cost));
  return costs.map(({ lease }) => lease);
}

/** The contract to which a pointer leads. */
function contractOf(pointer: Version | undefined): string | undefined {
  const value = pointer?.value;
  return value?.kind === "pointer" ? value.contractId : undefined;
}

function missing({ service, contractId, version, channel, tag }: RegistryQuery): RegistryError {
  const selectors = Object.entries({ contractId, version, channel, tag })
    .flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`))
    .join(", ");
  const which = selectors === "" ? "" : ` under ${selectors}`;
  return new RegistryError("missing", `the registry has no contract of ${service}${which}`);
}
