import { contractIdOf, serviceDefinitionOf } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import { Replica } from "./document/replica.ts";
import { RegistryView } from "./document/view.ts";
import { encodeAuthorList } from "./entries/author-list.ts";
import { type AccessList, registryKey } from "./entries/keys.ts";
import { checkLeaseTerm, LEASE_DURATION_MS } from "./entries/lease.ts";
import { leaseModesOf } from "./entries/lease-modes.ts";
import { RegistryError } from "./error.ts";
import { Contracts } from "./publish/contracts.ts";
import { LeaseKeeper } from "./publish/lease-keeper.ts";
import {
  type PublishedContract,
  type PublishOptions,
  publishContract,
} from "./publish/publisher.ts";
import type {
  Advertisement,
  AdvertiseOptions,
  RegistryStats,
  WatchOptions,
} from "./registry-options.ts";
import type { RegistryParts } from "./registry-parts.ts";
import {
  checkQuery,
  type RegistryQuery,
  type Resolution,
  type ResolveOptions,
} from "./resolve/query.ts";
import { Resolver } from "./resolve/resolver.ts";
import { type RegisteredService, servicesIn } from "./resolve/services.ts";
import { deferred, waitWithin } from "./wait.ts";
import { Notices } from "./watch/notices.ts";
import type { RegistryEvent } from "./watch/registry-event.ts";
import { watchesService, watchView } from "./watch/watcher.ts";

/** The longest wait of a read for the first sync. */
const FIRST_SYNC_MS = 1_000;

/**
 * A registry of services on a node: a replicated document of contracts, pointers and leases.
 *
 * `openRegistry` makes one. The caller closes it, for example with `await using`; that leaves its
 * leases to expire. All methods fail with a {@link RegistryError}, `"closed"` after the close.
 */
export class Registry implements AsyncDisposable {
  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(Registry, "name", { value: "Registry" });
  }

  readonly #parts: RegistryParts;
  readonly #view: RegistryView;
  readonly #replica: Replica;
  readonly #notices: Notices;
  readonly #resolver: Resolver;
  readonly #contracts: Contracts;
  readonly #advertisements = new Set<LeaseKeeper>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  private constructor(parts: RegistryParts) {
    const { document, clock, topic, owner } = parts;
    this.#parts = parts;
    this.#view = new RegistryView(clock, owner);
    this.#replica = new Replica(document, this.#view, clock);
    this.#notices = new Notices(clock, this.#view, topic);
    this.#contracts = new Contracts(this.#view, parts.blobs, document);
    this.#resolver = new Resolver(this.#view, this.#notices, clock);
  }

  /** @internal Opens a registry over the parts of a node. */
  static async over(parts: RegistryParts): Promise<Registry> {
    const registry = new Registry(parts);
    try {
      await registry.#replica.open();
      return registry;
    } catch (error) {
      await registry.close();
      throw error;
    }
  }

  /** The id of the document, 64 hex characters. A peer that has it can read the registry. */
  get namespace(): string {
    return this.#parts.document.namespace;
  }

  /** The id with which this node writes, 64 hex characters. */
  get author(): string {
    return this.#parts.document.author;
  }

  /** The author that created the registry; `undefined` while it is not known. */
  get owner(): string | undefined {
    return this.#view.access.owner;
  }

  /** One text with which others join and read: the namespace, a peer and the owner. */
  get address(): string {
    return this.#parts.address(this.owner);
  }

  /** Makes a text with which others join and write. It is a secret. */
  writerTicket(): Promise<string> {
    this.#checkOpen();
    return this.#parts.writerTicket();
  }

  /** Resolves when the entries of a peer have arrived. */
  get synced(): Promise<void> {
    return this.#replica.synced;
  }

  /** @internal The entries of a peer have arrived; values may be missing. */
  get hasSynced(): boolean {
    return this.#replica.hasSynced;
  }

  /**
   * Publishes the contract of a definition, a decorated class or an instance: its collection, and
   * the entries that lead to it.
   */
  async publish(service: object, options: PublishOptions = {}): Promise<PublishedContract> {
    this.#checkOpen();
    const { document, blobs, clock, endpointId } = this.#parts;
    const { author } = document;
    const [view, replica, notices] = [this.#view, this.#replica, this.#notices];
    return await publishContract(service, options, {
      view,
      replica,
      notices,
      blobs,
      clock,
      author,
      endpointId,
    });
  }

  /** Writes a lease of this node for a service, and renews it until it ends. */
  async advertise(service: object, options: AdvertiseOptions = {}): Promise<Advertisement> {
    this.#checkOpen();
    const { clock, endpointId } = this.#parts;
    const definition = serviceDefinitionOf(service);
    const { name, version } = definition;
    const contractId = contractIdOf(definition);
    const { health = () => "ready", load = () => undefined } = options;
    const { leaseMs = LEASE_DURATION_MS } = options;
    checkLeaseTerm(leaseMs);
    const lease = {
      endpointId,
      contractId,
      service: name,
      version,
      serializationModes: leaseModesOf(definition),
      languageRuntime: `node/${process.versions.node.split(".").slice(0, 2).join(".")}`,
      ...(options.policyRealm === undefined ? {} : { policyRealm: options.policyRealm }),
      tags: options.tags ?? [],
      featureFlags: options.featureFlags ?? [],
    };
    const keeper = new LeaseKeeper(lease, this.#ownLease(name, contractId), {
      replica: this.#replica,
      notices: this.#notices,
      clock,
      durationMs: leaseMs,
      figures: () => ({ healthStatus: health(), load: load(), ...this.#parts.addresses() }),
      onError: options.onError ?? (() => {}),
    });
    await keeper.open();
    this.#advertisements.add(keeper);
    return keeper;
  }

  /**
   * Returns the producers of a contract, the best first.
   *
   * Rejects with {@link RegistryError}: `"missing"` when no pointer leads to a contract,
   * `"unavailable"` when no endpoint can take calls, `"option"` for a bad query. Both of the first
   * wait up to `waitMs` for a change, and up to 1 s if no peer has been heard yet.
   */
  async resolve(
    query: RegistryQuery,
    { waitMs = 0, signal }: ResolveOptions = {},
  ): Promise<Resolution> {
    checkQuery(query);
    try {
      return this.#resolveNow(query);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    const wait = this.#end(signal);
    await this.#firstSync(wait);
    const { clock } = this.#parts;
    const until = clock.nowMs() + waitMs;
    for (;;) {
      try {
        return this.#resolveNow(query);
      } catch (error) {
        const leftMs = until - clock.nowMs();
        if (!isPassing(error) || leftMs <= 0) throw error;
        await waitWithin(clock, leftMs, this.#nextChange(), wait);
      }
    }
  }

  /** Returns the services that are published at present, with their contracts. */
  services(): readonly RegisteredService[] {
    return servicesIn(this.#view);
  }

  /**
   * Yields the present entries, then the changes until the signal fires or the registry closes. A
   * slow reader receives the last state of each entry.
   */
  watch({ service, signal }: WatchOptions = {}): AsyncGenerator<RegistryEvent, void, undefined> {
    this.#checkOpen();
    return watchView(this.#view, this.#notices, watchesService(service), this.#end(signal));
  }

  /**
   * Returns the canonical bytes of a published contract, which have its hash. Rejects with
   * `"missing"` for a contract that is not published or that no peer has, and `"contract"` for
   * other bytes.
   */
  async contract(contractId: string, options: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
    this.#checkOpen();
    await this.#firstSync(this.#end(options.signal));
    return await this.#contracts.contract(contractId, options.signal);
  }

  /**
   * Returns the manifest of a published contract, which agrees with its canonical bytes. Rejects as
   * {@link Registry.contract} does.
   */
  async manifest(
    contractId: string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ContractManifest> {
    this.#checkOpen();
    await this.#firstSync(this.#end(signal));
    return await this.#contracts.manifest(contractId, signal);
  }

  /** An access list; `undefined` if there is none. */
  accessList(list: AccessList): readonly string[] | undefined {
    return this.#view.access.list(list);
  }

  /**
   * Replaces an access list. As soon as there is a list of writers, entries of other authors do not
   * count; the owner is added to it. Lists count if the owner or one of its admins writes them.
   */
  async setAccessList(list: AccessList, authors: readonly string[]): Promise<void> {
    this.#checkOpen();
    const { owner } = this;
    const all = new Set(list === "writers" && owner !== undefined ? [owner, ...authors] : authors);
    const key = { kind: "acl", list } as const;
    await this.#replica.write(key, encodeAuthorList([...all]));
    await this.#notices.send({
      type: "aclChanged",
      keyPrefix: new TextDecoder().decode(registryKey(key)),
    });
  }

  stats(): RegistryStats {
    const notices = this.#notices.ignored;
    return { entries: this.#view.entries, ignored: { ...this.#replica.ignored, notices } };
  }

  /** Ends all watches and renewals. Further calls wait for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    for (const keeper of this.#advertisements) keeper.close();
    this.#view.close();
    await Promise.all([this.#replica.close(), this.#notices.close()]);
    await this.#parts.close();
  }

  /** Fires with the signal of a caller and at the close of the registry. */
  #end(signal: AbortSignal | undefined): AbortSignal {
    const { signal: closing } = this.#closing;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }

  #checkOpen(): void {
    if (!this.#closing.signal.aborted) return;
    throw new RegistryError("closed", "the registry is closed; open another one");
  }

  #resolveNow(query: RegistryQuery): Resolution {
    this.#checkOpen();
    return this.#resolver.resolve(query);
  }

  /** The last lease of this node in the document, also an expired one. */
  #ownLease(service: string, contractId: string) {
    const { endpointId, document } = this.#parts;
    const key = { kind: "lease", service, contractId, endpointId } as const;
    const value = this.#view.slot(key)?.versions.get(document.author)?.value;
    return value?.kind === "lease" ? value.lease : undefined;
  }

  /** Waits up to 1 s for the sync with a peer. */
  async #firstSync(signal: AbortSignal): Promise<void> {
    const { clock, document } = this.#parts;
    // the creator has no one to wait for
    if (document.author === this.owner) return;
    await waitWithin(clock, FIRST_SYNC_MS, this.synced, signal);
  }

  async #nextChange(): Promise<void> {
    const { promise, resolve } = deferred();
    const end = this.#view.observe(resolve);
    await promise.finally(end);
  }
}

/** Returns `true` for errors that a change of the registry can end. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof RegistryError && (error.code === "missing" || error.code === "unavailable")
  );
}
