import type { AllowList, Connection, EndpointId, Node, RefusedConnections } from "@aster/transport";
import {
  type AdmissionExchange,
  type AdmissionGate,
  type AdmissionOutcome,
  CONSUMER_ADMISSION_ALPN,
  type PeerAdmission,
  type PeerRecord,
  PeerStore,
  serveAdmission,
} from "@aster/trust";
import { runCallback } from "../failure-log.ts";
import type { Server } from "../server/server.ts";
import { now } from "../time/clock.ts";
import { AdmissionCounts, type AdmissionStats } from "./admission-counts.ts";
import { offerOf } from "./offer.ts";

/** The time for an admission while strangers hold many connections. Default of trust: 10 s. */
const CROWDED_TIMEOUT_MS = 3_000;

/** The admitted peers of a server. With a closed gate, the node accepts connections of these. */
export class AdmittedPeers extends PeerStore {
  #list: AllowList | undefined;

  /** Puts the peers on this list from now on, as long as they are admitted. */
  listOn(list: AllowList): void {
    this.#list = list;
    this.onLapse((peer) => list.remove(peer));
  }

  override admit(peer: EndpointId, admission: PeerAdmission): PeerRecord {
    const record = super.admit(peer, admission);
    this.#list?.allow(peer);
    return record;
  }
}

export interface AdmissionServiceOptions {
  readonly gate: AdmissionGate;
  readonly onAdmission: ((outcome: AdmissionOutcome) => void) | undefined;
  /** The time for one admission. Default: 10 s. */
  readonly timeoutMs: number | undefined;
}

/**
 * The gates 0 and 1 of a server: which connections its node accepts, and which peers it admits.
 *
 * `AsterServer` creates it with its node, and gives it the connections for admission.
 */
export class AdmissionService {
  readonly #server: Server;
  readonly #peers: AdmittedPeers;
  readonly #options: AdmissionServiceOptions;
  readonly #counts = new AdmissionCounts();
  readonly #node: Node;

  /** Closes gate 0 of the node, unless the gate admits peers without a credential. */
  constructor(node: Node, server: Server, peers: AdmittedPeers, options: AdmissionServiceOptions) {
    this.#node = node;
    this.#server = server;
    this.#peers = peers;
    this.#options = options;
    if (options.gate.open) return;
    const list = node.closeGate({
      openAlpns: [CONSUMER_ADMISSION_ALPN],
      onRefused: (refused) => this.#refused(refused),
    });
    peers.listOn(list);
  }

  stats(): AdmissionStats {
    return this.#counts.stats();
  }

  /** Every peer is admitted without a credential. */
  get isOpen(): boolean {
    return this.#options.gate.open;
  }

  isAdmitted(peer: EndpointId): boolean {
    return this.#peers.get(peer) !== undefined;
  }

  /** Ends the admission of a peer. Returns `false` if there is none. */
  revoke(peer: EndpointId): boolean {
    return this.#peers.revoke(peer);
  }

  /** Answers the request of a connection for admission. */
  serve(connection: Connection, isCrowded: boolean): AdmissionExchange {
    const beganAt = now();
    const { gate, timeoutMs } = this.#options;
    return serveAdmission(connection, {
      gate,
      timeoutMs: isCrowded
        ? Math.min(CROWDED_TIMEOUT_MS, timeoutMs ?? CROWDED_TIMEOUT_MS)
        : timeoutMs,
      offer: () => offerOf(this.#node, this.#server.definitions),
      peers: this.#peers,
      onDecision: (outcome) => this.#decided(outcome, now() - beganAt),
    });
  }

  #decided(outcome: AdmissionOutcome, tookMs: number): void {
    const { peer, admitted } = outcome;
    this.#counts.count(outcome, tookMs);
    this.#server.log?.decided(outcome, tookMs);
    if (!admitted) this.#server.denied({ gate: 1, peer, cause: "denied" });
    runCallback(
      () => this.#options.onAdmission?.(outcome),
      (cause) => this.#server.callbackFailed("onAdmission", peer, cause),
    );
  }

  #refused({ count, some }: RefusedConnections): void {
    for (const [index, { peer, alpn }] of some.entries()) {
      const more = index === 0 ? count - some.length : 0;
      this.#server.denied({ gate: 0, peer, alpn, cause: "not-admitted", count: 1 + more });
    }
  }
}
