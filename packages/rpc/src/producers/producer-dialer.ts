import type { EndpointLease, Resolution } from "@aster/registry";
import { type EndpointAddress, ResetCode } from "@aster/transport";
import { RpcError } from "../error.ts";
import { type Admitted, admitTo, type DialedPeer, type DialOptions, dial } from "../peer/dial.ts";
import type { OpenedConnections } from "../peer/opened-connections.ts";
import type { PeerDialer } from "../peer/peer-dialer.ts";
import type { PeerLink } from "../reconnect/peer-link.ts";
import { now } from "../time/clock.ts";
import { firstSuccess } from "./first-success.ts";
import { isPreferred } from "./preference.ts";
import { type ProducerChoice, queriesOf } from "./producer-choice.ts";
import type { ProducerRegistry } from "./producer-registry.ts";
import { SpareProducer } from "./spare-producer.ts";

/** A dial that is not answered for this long gets company by one of the next producer. */
const HEAD_START_MS = 1_000;
/** A producer that failed comes last for this long. */
const AVOID_MS = 10_000;
/** Producers that one dial tries. */
const MOST_TRIES = 8;
/** The wait for the next look at the registry while it has no producer. */
const LOOK_MS = 1_000;

export interface ProducerDialerParts {
  readonly registry: ProducerRegistry;
  readonly choice: ProducerChoice;
  readonly connections: OpenedConnections;
  readonly dialOptions: DialOptions;
  /** Closes the registry, if the client has joined it. */
  readonly onClose?: (() => Promise<void>) | undefined;
}

/**
 * Dials the best producer of a service in a registry, and the next one when it fails.
 *
 * Once the client is connected, it keeps a connection to a second producer, which takes over when
 * the first is lost, and follows the registry: when the present producer drains or a better one
 * appears, new calls move there while running ones go on.
 */
export class ProducerDialer implements PeerDialer {
  readonly #parts: ProducerDialerParts;
  readonly #spare: SpareProducer;
  readonly #closing = new AbortController();
  /** Producers that failed, and the end of the time for which they come last. */
  readonly #avoided = new Map<string, number>();
  readonly #addresses = new Map<string, EndpointAddress>();
  #link: PeerLink | undefined;
  #moving = false;

  constructor(parts: ProducerDialerParts) {
    this.#parts = parts;
    this.#spare = new SpareProducer((signal) => this.#dialSpare(signal));
  }

  get spare(): DialedPeer | undefined {
    return this.#spare.current;
  }

  async dial(withinMs: number, signal: AbortSignal | undefined): Promise<DialedPeer> {
    const lost = this.#link?.peer;
    if (lost !== undefined) this.#avoid(lost);
    const spare = this.#spare.take();
    if (spare !== undefined) return spare;
    const until = now() + withinMs;
    const leases = await this.#resolve(withinMs, signal);
    return await this.#dialFirst(leases, until, signal);
  }

  probe(peer: string, withinMs: number, signal: AbortSignal): Promise<DialedPeer> {
    const until = now() + withinMs;
    return firstSuccess(
      [
        (one) => this.#dialOne(this.#addressOf(peer), until, one),
        async (one) => this.#spare.take() ?? (await this.#dialOther(peer, until, one)),
      ],
      { headStartMs: HEAD_START_MS, signal, discard },
    );
  }

  readmit(peer: string, withinMs: number, signal: AbortSignal): Promise<Admitted> {
    const { connections, dialOptions } = this.#parts;
    const options = { ...dialOptions, again: true, timeoutMs: withinMs, signal };
    return admitTo(connections, this.#addressOf(peer), options);
  }

  follow(link: PeerLink): void {
    this.#link = link;
    this.#spare.refresh();
    void this.#watch().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#spare.close();
    await this.#parts.onClose?.();
  }

  async #watch(): Promise<void> {
    const { registry, choice } = this.#parts;
    const [{ service }] = queriesOf(choice);
    const { signal } = this.#closing;
    for await (const { kind } of registry.watch({ service, signal })) {
      if (kind === "contract" || kind === "acl") continue;
      await this.#reconsider();
    }
  }

  /** Moves new calls to another producer if that is better. */
  async #reconsider(): Promise<void> {
    const link = this.#link;
    this.#spare.refresh();
    if (link === undefined || this.#moving || link.state !== "connected") return;
    this.#moving = true;
    try {
      const { leases } = await this.#find();
      const present = leases.find(({ endpointId }) => endpointId === link.peer);
      const candidates = leases.filter((lease) => this.#isBetter(lease, present));
      if (candidates.length === 0) return;
      const ids = new Set(candidates.map(({ endpointId }) => endpointId));
      const { signal } = this.#closing;
      const until = now() + (this.#parts.dialOptions.timeoutMs ?? AVOID_MS);
      const better = this.#spare.take(ids) ?? (await this.#dialFirst(candidates, until, signal));
      if (!link.move(better)) discard(better);
    } catch {
      // the present producer stays, until the next change of the registry
    } finally {
      this.#moving = false;
      this.#spare.refresh();
    }
  }

  #isBetter(lease: EndpointLease, present: EndpointLease | undefined): boolean {
    if (lease.endpointId === present?.endpointId || this.#isAvoided(lease)) return false;
    return isPreferred(lease, present, this.#parts.choice.strategy, (endpointId) =>
      this.#rttOf(endpointId),
    );
  }

  /** The round trip of an open connection. */
  #rttOf(endpointId: string): number | undefined {
    const link = this.#link;
    if (link?.peer === endpointId) return link.connectionStats().rttMs || undefined;
    return this.#spare.rttOf(endpointId);
  }

  /** Waits for producers. Rejects as the registry does. */
  async #resolve(
    withinMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly EndpointLease[]> {
    const until = now() + withinMs;
    const { registry, choice } = this.#parts;
    const [first] = queriesOf(choice);
    for (;;) {
      try {
        return (await this.#find()).leases;
      } catch (error) {
        const leftMs = until - now();
        if (!isPassing(error) || leftMs <= 0) throw error;
        const waitMs = Math.min(leftMs, LOOK_MS);
        const found = await registry.resolve(first, { waitMs, signal }).catch((reason) => {
          if (isPassing(reason)) return undefined;
          throw reason;
        });
        if (found !== undefined) return found.leases;
      }
    }
  }

  /** The producers of the first query that finds some. */
  async #find(): Promise<Resolution> {
    const { registry, choice } = this.#parts;
    let failure: unknown;
    for (const query of queriesOf(choice)) {
      try {
        return await registry.resolve({ ...query, rttMs: (id) => this.#rttOf(id) });
      } catch (error) {
        // that there are no endpoints says more than that there is no pointer
        if (failure === undefined || !isMissing(error)) failure = error;
      }
    }
    throw failure;
  }

  async #dialSpare(signal: AbortSignal): Promise<DialedPeer | undefined> {
    const link = this.#link;
    if (link === undefined || link.state === "closed") return undefined;
    const until = now() + AVOID_MS;
    return await this.#dialOther(link.peer, until, signal);
  }

  async #dialOther(peer: string, until: number, signal: AbortSignal): Promise<DialedPeer> {
    const { leases } = await this.#find();
    const others = leases.filter(({ endpointId }) => endpointId !== peer);
    return await this.#dialFirst(others, until, signal);
  }

  #dialFirst(
    leases: readonly EndpointLease[],
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<DialedPeer> {
    const usable = leases.filter((lease) => !this.#isAvoided(lease));
    const ordered = [...usable, ...leases.filter((lease) => this.#isAvoided(lease))];
    const attempts = ordered.slice(0, MOST_TRIES).map((lease) => async (one: AbortSignal) => {
      try {
        return await this.#dialOne(addressOf(lease), until, one);
      } catch (error) {
        if (!one.aborted) this.#avoid(lease.endpointId);
        throw error;
      }
    });
    return firstSuccess(attempts, { headStartMs: HEAD_START_MS, signal, discard });
  }

  async #dialOne(address: EndpointAddress, until: number, signal: AbortSignal) {
    const { connections, dialOptions } = this.#parts;
    const timeoutMs = Math.max(1, until - now());
    const dialed = await dial(connections, address, { ...dialOptions, timeoutMs, signal });
    this.#addresses.set(dialed.connection.peer, address);
    this.#avoided.delete(dialed.connection.peer);
    return dialed;
  }

  #addressOf(peer: string): EndpointAddress {
    return this.#addresses.get(peer) ?? { endpointId: peer, directAddresses: [] };
  }

  #avoid(peer: string): void {
    this.#avoided.set(peer, now() + AVOID_MS);
  }

  #isAvoided({ endpointId }: EndpointLease): boolean {
    const until = this.#avoided.get(endpointId);
    if (until === undefined) return false;
    if (until > now()) return true;
    this.#avoided.delete(endpointId);
    return false;
  }
}

function addressOf({ endpointId, relayUrl, directAddrs }: EndpointLease): EndpointAddress {
  const relay = relayUrl === undefined ? {} : { relayUrl };
  return { endpointId, directAddresses: directAddrs, ...relay };
}

function discard({ connection }: DialedPeer): void {
  connection.close(ResetCode.NoError, "normal close");
}

/** Returns `true` for errors of a registry that a producer's appearance can end. */
function isPassing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "unavailable" || isMissing(error);
}

function isMissing(error: unknown): boolean {
  return !(error instanceof RpcError) && (error as { readonly code?: unknown }).code === "missing";
}
