import type { AllowList, Connection, EndpointId, Node, RefusedConnections } from "@aster/transport";
import { type AdmissionGate, type AdmissionOutcome, producerGate } from "@aster/trust";
import {
  type AdmissionExchange,
  CONSUMER_ADMISSION_ALPN,
  PRODUCER_ADMISSION_ALPN,
  type ProducerMesh,
  serveAdmission,
  serveProducerAdmission,
} from "@aster/trust/admission";
import { runCallback } from "../failure-log.ts";
import type { Server } from "../server/server.ts";
import { now, setTimer } from "../time/clock.ts";
import { AdmissionCounts, type AdmissionStats } from "./admission-counts.ts";
import type { AdmittedPeers } from "./admitted-peers.ts";
import { hostOf } from "./host.ts";
import { offerOf } from "./offer.ts";
import type { ServerGate } from "./server-gate.ts";
import { SharedAllowList } from "./shared-allow-list.ts";

/** The time for an admission while strangers hold many connections. Default of trust: 10 s. */
const CROWDED_TIMEOUT_MS = 3_000;
/** The time in which a peer can be admitted again on the connections that it has. */
const READMISSION_MS = 60_000;

export interface AdmissionServiceOptions {
  readonly onAdmission: ((outcome: AdmissionOutcome) => void) | undefined;
  /** The time for one admission. Default: 10 s. */
  readonly timeoutMs: number | undefined;
  /** The producers of the mesh may use the linked protocols of the node. */
  readonly opensToProducers: boolean;
}

/** The parts of a server that its admissions need. */
export interface AdmissionParts {
  readonly node: Node;
  readonly server: Server;
  readonly peers: AdmittedPeers;
  readonly gate: ServerGate;
}

/**
 * The gates 0 and 1 of a server: which connections its node accepts, and which peers it admits.
 *
 * `AsterServer` creates it with its node, and gives it the connections for admission.
 */
export class AdmissionService {
  readonly #parts: AdmissionParts;
  readonly #options: AdmissionServiceOptions;
  readonly #producers: AdmissionGate | undefined;
  readonly #counts = new AdmissionCounts();
  readonly #producerCounts = new AdmissionCounts();
  #stopWatching: () => void = () => {};
  #stopListing: () => void = () => {};
  #registry: { readonly registryNamespace: string } | undefined;

  /** Closes gate 0 of the node, unless the gate admits peers without a credential. */
  constructor(parts: AdmissionParts, options: AdmissionServiceOptions) {
    this.#parts = parts;
    this.#options = options;
    const { trust } = parts.gate;
    this.#producers = trust && producerGate(trust);
    trust?.producers.accept(parts.node.id);
    this.#watchRevocations();
    if (this.isOpen) return;
    const list = parts.node.closeGate({
      openAlpns: this.alpns,
      onRefused: (refused) => this.#refused(refused),
    });
    const shared = new SharedAllowList(list);
    parts.peers.listOn(shared.share());
    if (trust !== undefined && options.opensToProducers) {
      this.#listProducers(trust.producers, shared.share());
    }
  }

  /** The ALPNs of admission that the server accepts. */
  get alpns(): readonly string[] {
    const consumers = [CONSUMER_ADMISSION_ALPN];
    return this.#producers === undefined ? consumers : [...consumers, PRODUCER_ADMISSION_ALPN];
  }

  /** Peers are admitted without a credential. */
  get isOpen(): boolean {
    return this.#parts.gate.gate.open;
  }

  /** The outcomes for consumers and for producers. */
  stats(): { readonly admission: AdmissionStats; readonly producerAdmission: AdmissionStats } {
    return { admission: this.#counts.stats(), producerAdmission: this.#producerCounts.stats() };
  }

  /** Admitted peers receive the namespace of the registry. */
  offerRegistry(registryNamespace: string): void {
    this.#registry = { registryNamespace };
  }

  isAdmitted(peer: EndpointId): boolean {
    return this.#parts.peers.get(peer) !== undefined;
  }

  /** Ends the admission of a peer. Returns `false` if there is none. */
  revoke(peer: EndpointId): boolean {
    return this.#parts.peers.revoke(peer);
  }

  /** Calls back for a peer whose admission ended a while ago and that was not admitted again. */
  onAbsence(listener: (peer: EndpointId) => void): void {
    this.#parts.peers.onLapse((peer) => {
      const timer = setTimer(() => {
        if (!this.isAdmitted(peer)) listener(peer);
      }, READMISSION_MS);
      timer.unref();
    });
  }

  /** Answers the request of a connection for admission. */
  serve(connection: Connection, isCrowded: boolean): AdmissionExchange {
    const { node, server, peers, gate } = this.#parts;
    const { timeoutMs } = this.#options;
    const { remoteAddress } = connection;
    server.log?.connections.opened(connection);
    server.log?.asked(connection);
    const limits = {
      limiter: gate.limiter,
      address: remoteAddress && hostOf(remoteAddress),
      timeoutMs: isCrowded
        ? Math.min(CROWDED_TIMEOUT_MS, timeoutMs ?? CROWDED_TIMEOUT_MS)
        : timeoutMs,
    };
    const { trust } = gate;
    if (connection.alpn === PRODUCER_ADMISSION_ALPN && this.#producers && trust) {
      const onDecision = this.#decided(this.#producerCounts);
      const parts = { gate: this.#producers, mesh: trust.producers, onDecision };
      return serveProducerAdmission(connection, { ...parts, ...limits });
    }
    return serveAdmission(connection, {
      gate: gate.gate,
      renew: gate.renew,
      offer: () => ({ ...offerOf(node, server.definitions, trust), ...this.#registry }),
      peers,
      onDecision: this.#decided(this.#counts),
      ...limits,
    });
  }

  /**
   * Ends all admissions, also at gate 0. Stops the reports of the list of revoked endpoints, and
   * closes it if the server opened it.
   */
  close(): void {
    this.#stopWatching();
    this.#stopListing();
    this.#parts.peers.close();
    this.#parts.gate.close();
  }

  #listProducers(producers: ProducerMesh, list: AllowList): void {
    for (const id of producers.producers) list.allow(id);
    this.#stopListing = producers.onChange((id, isAccepted) => {
      if (isAccepted) list.allow(id);
      else list.remove(id);
    });
  }

  #watchRevocations(): void {
    const { peers, gate } = this.#parts;
    const { revocations, producers } = gate.trust ?? {};
    if (revocations === undefined) return;
    this.#stopWatching = revocations.onChange(({ revoked }) => {
      for (const peer of revoked) {
        peers.revoke(peer);
        producers?.remove(peer);
      }
    });
  }

  /** Returns the handler of the outcome of one admission that begins now. */
  #decided(counts: AdmissionCounts): (outcome: AdmissionOutcome) => void {
    const { server } = this.#parts;
    const beganAt = now();
    return (outcome) => {
      const { peer, admitted, cause, error } = outcome;
      const tookMs = now() - beganAt;
      counts.count(outcome, tookMs);
      server.log?.decided(outcome, tookMs);
      server.audit?.decided(outcome, tookMs);
      if (!admitted) server.denied({ gate: 1, peer, cause: cause ?? "failed", error });
      runCallback(
        () => this.#options.onAdmission?.(outcome),
        (failure) => server.callbackFailed("onAdmission", peer, failure),
      );
    };
  }

  #refused({ count, some }: RefusedConnections): void {
    for (const [index, { peer, alpn }] of some.entries()) {
      const more = index === 0 ? count - some.length : 0;
      const denial = { gate: 0, peer, alpn, cause: "not-admitted", count: 1 + more } as const;
      this.#parts.server.denied(denial);
    }
  }
}
