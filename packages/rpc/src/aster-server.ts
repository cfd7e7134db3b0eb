import { contractIdOf } from "@aster/contract";
import {
  type Connection,
  formatAddress,
  formatTicket,
  type Node,
  type NodeStats,
  ticketFor,
} from "@aster/transport";
import {
  type AdmissionGate,
  type AdmissionOutcome,
  CONSUMER_ADMISSION_ALPN,
  openGate,
  PeerStore,
  serveAdmission,
} from "@aster/trust";
import { RpcError } from "./error.ts";
import { Health } from "./health/health.ts";
import { type HealthAddress, HealthEndpoint } from "./health/health-endpoint.ts";
import { AdmissionCounts, type AdmissionStats } from "./peer/admission-counts.ts";
import { ConnectionLimiter } from "./peer/connection-limiter.ts";
import { RPC_ALPN } from "./peer/dial.ts";
import { offerOf } from "./peer/offer.ts";
import { type HeldNode, holdNode, type NodeChoice } from "./peer/own-node.ts";
import {
  type DrainOptions,
  Server,
  type ServerOptions,
  type ServerStats,
} from "./server/server.ts";
import { now } from "./time/clock.ts";

export interface AsterServerOptions
  extends NodeChoice,
    Omit<ServerOptions, "peers" | "requireAdmission"> {
  /** Who may call. Default: an open gate, with a warning; refused under `NODE_ENV=production` unless asked for explicitly. */
  readonly gate?: AdmissionGate;
  /**
   * Where `/healthz`, `/readyz`, `/metrics` (JSON) and `/metrics/prometheus` are answered over HTTP, until the server is closed.
   * Default: nowhere.
   */
  readonly healthPort?: number | HealthAddress;
  /** Told about every admission. */
  readonly onAdmission?: (outcome: AdmissionOutcome) => void;
}

export interface AsterServerStats extends ServerStats, NodeStats {
  /** Connections that were taken since the start, those for admission included. */
  readonly connectionsTotal: number;
  readonly admission: AdmissionStats;
}

const DRAIN_GRACE_MS = 10_000;

let warned = false;

/** Services on a node of their own: admits peers, answers their calls. Whoever starts it closes it, `await using` does. */
export class AsterServer implements AsyncDisposable {
  /** The low-level server that answers the calls. */
  readonly server: Server;
  /** What the server says of itself. From the beginning of a drain on it is not serving. */
  readonly health: Health;
  readonly #held: HeldNode;
  readonly #gate: AdmissionGate;
  readonly #peers: PeerStore;
  readonly #onAdmission: ((outcome: AdmissionOutcome) => void) | undefined;
  readonly #connections = new ConnectionLimiter();
  readonly #admissions = new AdmissionCounts();
  readonly #incoming: AsyncIterableIterator<Connection>;
  readonly #accepting: Promise<void>;
  #healthEndpoint: HealthEndpoint | undefined;
  #closing: Promise<boolean> | undefined;

  private constructor(
    held: HeldNode,
    server: Server,
    gate: AdmissionGate,
    peers: PeerStore,
    onAdmission: ((outcome: AdmissionOutcome) => void) | undefined,
  ) {
    this.#held = held;
    this.server = server;
    this.health = new Health(server.definitions.map((definition) => definition.name));
    this.#gate = gate;
    this.#peers = peers;
    this.#onAdmission = onAdmission;
    this.#incoming = held.node.accept([RPC_ALPN, CONSUMER_ADMISSION_ALPN], {
      raw: [CONSUMER_ADMISSION_ALPN],
    });
    this.#accepting = this.#accept();
    // told to who calls serve()
    this.#accepting.catch(() => {});
  }

  /**
   * Opens the node and answers at once.
   *
   * Rejects with {@link RpcError} when the node cannot be opened, the services cannot be hosted together or an open gate is
   * not allowed here, and with `ContractError` for what is no service.
   */
  static async start(options: AsterServerOptions): Promise<AsterServer> {
    const gate = options.gate ?? defaultGate();
    const peers = new PeerStore();
    const server = new Server({ ...options, peers, requireAdmission: !gate.open });
    let held: HeldNode | undefined;
    try {
      held = await holdNode(options);
      if (!gate.open) {
        held.node.gate(({ peer, alpn }) => {
          return alpn === CONSUMER_ADMISSION_ALPN || peers.get(peer) !== undefined;
        });
      }
      const started = new AsterServer(held, server, gate, peers, options.onAdmission);
      await started.#answerHealth(options.healthPort);
      return started;
    } catch (error) {
      server.close();
      if (held?.owned) await held.node.close();
      throw RpcError.from(error);
    }
  }

  get node(): Node {
    return this.#held.node;
  }

  /** 64 hex characters: the public key peers know us by. */
  get endpointId(): string {
    return this.node.id;
  }

  /** The ticket that clients dial, `aster1…`. */
  get address(): string {
    return formatTicket(ticketFor(this.node.address()));
  }

  /** The same address as base64, with the relay's URL if there is one. */
  get endpointAddrB64(): string {
    return formatAddress(this.node.address());
  }

  /** Contract ids by service name; of a service that is hosted in several versions, that of the highest. */
  get contracts(): Readonly<Record<string, string>> {
    const ids: Record<string, string> = {};
    const definitions = [...this.server.definitions].sort((a, b) => a.version - b.version);
    for (const definition of definitions) ids[definition.name] = contractIdOf(definition);
    return ids;
  }

  /** Resolves when the server has been closed; rejects when the node can accept no more before that. */
  async serve(): Promise<void> {
    await this.#accepting;
    await this.#closing;
  }

  /** Answers calls on a connection that did not come through the node, such as a local one, and closes it with the server. */
  handle(connection: Connection): void {
    this.#connections.keep(connection);
    this.server.handle(connection);
  }

  /** Where health is answered; undefined when it is not. */
  get healthPort(): number | undefined {
    return this.#healthEndpoint?.port;
  }

  stats(): AsterServerStats {
    return {
      ...this.node.stats(),
      ...this.server.stats(),
      connectionsTotal: this.#connections.taken,
      admission: this.#admissions.stats(),
    };
  }

  /**
   * Ends the server in good order: takes no more connections, refuses new calls with UNAVAILABLE (reason `draining`), waits for
   * those that run, aborts the signals of the handlers that are left, and closes every connection, and the node if it is ours.
   * Resolves with whether all calls had ended by themselves. Once; further calls wait for the first.
   */
  drain({ graceMs = DRAIN_GRACE_MS }: DrainOptions = {}): Promise<boolean> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  /** {@link AsterServer.drain} for who does not ask how it went. */
  async close(options: DrainOptions = {}): Promise<void> {
    await this.drain(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answerHealth(where: number | HealthAddress | undefined): Promise<void> {
    if (where === undefined) return;
    try {
      const address = typeof where === "number" ? { port: where } : where;
      this.#healthEndpoint = await HealthEndpoint.open(this.health, () => this.stats(), address);
    } catch (error) {
      await this.close({ graceMs: 0 });
      throw error;
    }
  }

  async #close(graceMs: number): Promise<boolean> {
    this.health.draining = true;
    await this.#incoming.return?.();
    const returned = await this.server.drain({ graceMs });
    this.server.close();
    this.#connections.close("server closed");
    await this.#healthEndpoint?.close();
    if (this.#held.owned) await this.node.close();
    return returned;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#incoming) {
      if (!this.#connections.take(connection)) continue;
      if (connection.alpn === RPC_ALPN) this.server.handle(connection);
      else this.#admit(connection);
    }
  }

  #admit(connection: Connection): void {
    const beganAt = now();
    serveAdmission(connection, {
      gate: this.#gate,
      offer: () => offerOf(this.node, this.server.definitions),
      peers: this.#peers,
      onDecision: (outcome) => {
        this.#admissions.count(outcome, now() - beganAt);
        this.#onAdmission?.(outcome);
      },
    });
  }
}

function defaultGate(): AdmissionGate {
  let gate: AdmissionGate;
  try {
    gate = openGate();
  } catch (error) {
    throw RpcError.from(error);
  }
  if (!warned) {
    warned = true;
    process.emitWarning(
      "This server admits everyone who knows its address. Pass a gate, or openGate() to say that this is meant.",
      { type: "AsterWarning", code: "ASTER_OPEN_GATE" },
    );
  }
  return gate;
}
