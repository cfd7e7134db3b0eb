import type { AddedValues, Interceptor } from "@aster/contract";
import { contractIdOf } from "@aster/contract";
import type { Registry } from "@aster/registry";
import {
  type Connection,
  formatAddress,
  formatTicket,
  type Node,
  ticketFor,
} from "@aster/transport";
import type { AdmissionExchange } from "@aster/trust/admission";
import type { MeshMember } from "@aster/trust/mesh";
import type { AsterServerOptions } from "./aster-server-options.ts";
import { serverSettings } from "./config/server-settings.ts";
import { DRAIN_GRACE_MS } from "./defaults.ts";
import { RpcError } from "./error.ts";
import { type Health, ServerHealth } from "./health/health.ts";
import { type HealthAddress, HealthEndpoint, healthAddressOf } from "./health/health-endpoint.ts";
import type { ServerLog } from "./log/server-log.ts";
import { checkSources, type MetricSource } from "./metrics/metric-family.ts";
import { warnOfOldNode } from "./node-version.ts";
import { checkNonNegative, checkPositive } from "./option-check.ts";
import { AdmissionService } from "./peer/admission-service.ts";
import { AdmittedPeers } from "./peer/admitted-peers.ts";
import { ConnectionLimiter } from "./peer/connection-limiter.ts";
import { RPC_ALPN } from "./peer/dial.ts";
import { type HeldNode, holdNode } from "./peer/own-node.ts";
import { type ServerTrust, serverGateOf } from "./peer/server-gate.ts";
import {
  checkMeshOptions,
  meshKeyOf,
  meshNodeOptions,
  openMesh,
  type ReadMeshOptions,
} from "./peer/server-mesh.ts";
import {
  checkDrift,
  checkRegistryOptions,
  registryNodeOptions,
  ServerRegistry,
  type ServerRegistryOptions,
} from "./producers/server-registry.ts";
import type { HostableServices } from "./server/hostable.ts";
import { Server } from "./server/server.ts";
import type { DrainOptions } from "./server/server-options.ts";
import type { AsterServerStats } from "./server/server-stats.ts";
import { showAs } from "./shown.ts";
import { StatusCode } from "./status.ts";

/** The close code for peers that are not admitted (docs/wire.md, "Gate 0"). */
const NOT_ADMITTED = 403;

/**
 * A node that serves: it admits peers and answers their calls. The caller of `start` closes it, for
 * example with `await using`.
 *
 * It accepts connections for calls and for admission. Each call connection goes to the low-level
 * {@link Server}, each admission connection to the gate. `drain` and `close` end both, and the node
 * if `start` opened it.
 */
export class AsterServer implements AsyncDisposable {
  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(AsterServer, "name", { value: "AsterServer" });
  }

  /** The low-level server that answers the calls. */
  readonly server: Server;
  readonly #health: ServerHealth;
  readonly #held: HeldNode;
  readonly #connections = new ConnectionLimiter();
  readonly #admissions: AdmissionService;
  readonly #incoming: AsyncIterableIterator<Connection>;
  readonly #accepting: Promise<void>;
  #healthEndpoint: HealthEndpoint | undefined;
  #registry: ServerRegistry | undefined;
  #mesh: MeshMember | undefined;
  #closing: Promise<boolean> | undefined;

  private constructor(held: HeldNode, server: Server, admissions: AdmissionService) {
    this.#held = held;
    this.#admissions = admissions;
    this.server = server;
    this.#health = new ServerHealth(server.definitions.map((definition) => definition.name));
    // such a connection would count as one of an admitted peer
    admissions.onAbsence((peer) => {
      this.#connections.closeOf(peer, RPC_ALPN, NOT_ADMITTED, "not admitted");
    });
    const { alpns: raw } = admissions;
    this.#incoming = held.node.accept([RPC_ALPN, ...raw], { raw });
    this.#accepting = this.#accept();
    // serve() rejects with it
    this.#accepting.catch(() => {});
  }

  /**
   * Opens the node and answers calls at once.
   *
   * Always rejects with {@link RpcError}, and has then closed everything that it opened:
   *
   * - INVALID_ARGUMENT for a bad option value, before anything is opened; the details have the
   *   `reason` `option.invalid` and the path of the `option`
   * - ALREADY_EXISTS, UNIMPLEMENTED or FAILED_PRECONDITION for services that cannot be hosted, as
   *   the constructor of {@link Server} does
   * - FAILED_PRECONDITION when an open gate is not allowed here (`admission.gate`), when the
   *   address of the node is taken (`transport.bind`), when the native module is missing
   *   (`transport.native`), and when the health port is taken
   */
  static async start<
    const S extends readonly object[],
    const I extends readonly Interceptor[] = readonly Interceptor[],
  >(
    given: AsterServerOptions & {
      readonly services: S & HostableServices<S, AddedValues<I>>;
      readonly interceptors?: I | undefined;
    },
  ): Promise<AsterServer> {
    const settings = await serverSettings(given);
    const { mesh } = settings;
    checkMeshOptions(mesh, settings.rootPubkey);
    const options = mesh === undefined ? settings : { ...settings, secretKey: meshKeyOf(settings) };
    const { peerTtlMs, admissionTimeoutMs } = options;
    if (peerTtlMs !== undefined) checkPositive("peerTtlMs", peerTtlMs);
    if (admissionTimeoutMs !== undefined) checkPositive("admissionTimeoutMs", admissionTimeoutMs);
    const healthAddress = healthAddressOf(options.healthPort);
    const sources = checkSources(options.metrics);
    checkRegistryOptions(options.registry);
    warnOfOldNode();
    let server: Server | undefined;
    const gate = serverGateOf(options, (error) => {
      server?.callbackFailed("revocations", "", error);
    });
    const peers = new AdmittedPeers({ ttlMs: peerTtlMs });
    let held: HeldNode | undefined;
    try {
      server = new Server({ ...options, peers, requireAdmission: !gate.gate.open });
      // peers must not reach the linked protocols before the list of admitted peers is in force
      if (options.registry !== undefined) {
        await checkDrift(server.definitions, options.registry);
      }
      held = await holdNode(options, {
        closed: !gate.gate.open,
        ...meshNodeOptions(mesh, options, registryNodeOptions(options.registry)),
      });
      const { onAdmission } = options;
      const admissions = new AdmissionService(
        { node: held.node, server, peers, gate },
        { onAdmission, timeoutMs: admissionTimeoutMs, opensToProducers: mesh !== undefined },
      );
      const started = new AsterServer(held, server, admissions);
      await started.#openHealth(healthAddress, sources);
      await started.#openMesh(mesh, options.secretKey, gate.trust);
      await started.#openRegistry(options.registry);
      started.#logStart();
      return started;
    } catch (error) {
      server?.close();
      gate.close();
      if (held?.owned) await held.node.close();
      throw RpcError.from(error);
    }
  }

  /** The health that the server reports. It is not serving once a drain has begun. */
  get health(): Health {
    return this.#health;
  }

  get node(): Node {
    return this.#held.node;
  }

  /** The public key of the node: 64 hex characters. */
  get endpointId(): string {
    return this.node.id;
  }

  /** The ticket that clients dial: `aster1…`. */
  get address(): string {
    return formatTicket(ticketFor(this.node.address()));
  }

  /** The same address as base64, with the URL of the relay if there is one. */
  get endpointAddrB64(): string {
    return formatAddress(this.node.address());
  }

  /** Contract ids by service name. A service in several versions has the id of the highest one. */
  get contracts(): Readonly<Record<string, string>> {
    const ids: Record<string, string> = {};
    const definitions = [...this.server.definitions].sort((a, b) => a.version - b.version);
    for (const definition of definitions) ids[definition.name] = contractIdOf(definition);
    return ids;
  }

  /**
   * Resolves when the server has closed. Rejects when the node stops accepting connections before
   * that.
   */
  async serve(): Promise<void> {
    await this.#accepting;
    await this.#closing;
  }

  /**
   * Answers calls on a connection from elsewhere, such as a local one, and closes it with the
   * server.
   */
  handle(connection: Connection): void {
    this.#connections.keep(connection);
    this.server.handle(connection);
  }

  /**
   * Ends the admission of a peer: its running calls and sessions end with UNAUTHENTICATED (reason
   * `admission.lapsed`), and so do further ones until it is admitted again, which the gate may
   * refuse. Returns `false` if the peer is not admitted.
   */
  revoke(endpointId: string): boolean {
    return this.#admissions.revoke(endpointId);
  }

  /**
   * The registry of the server; `server.registry.address` is the text with which clients find it.
   * Throws FAILED_PRECONDITION for a server without the option `registry`.
   */
  get registry(): Registry {
    if (this.#registry !== undefined) return this.#registry.registry;
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      "this server has no registry; start it with the option registry",
    );
  }

  /**
   * The membership of the server in its mesh. Throws FAILED_PRECONDITION for a server without the
   * option `mesh`.
   */
  get mesh(): MeshMember {
    if (this.#mesh !== undefined) return this.#mesh;
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      "this server is in no mesh; start it with the option mesh",
    );
  }

  /** The port of the health endpoint; `undefined` without one. */
  get healthPort(): number | undefined {
    return this.#healthEndpoint?.port;
  }

  stats(): AsterServerStats {
    return {
      ...this.node.stats(),
      ...this.server.stats(),
      connectionsTotal: this.#connections.taken,
      ...this.#admissions.stats(),
    };
  }

  /**
   * Closes the server in order: accepts no more connections, refuses new calls with UNAVAILABLE
   * (reason `draining`), waits up to `graceMs` for running calls, aborts the signals of the
   * remaining handlers, and closes all connections, and the node if `start` opened it. Resolves
   * with whether all calls ended by themselves. Further calls return the result of the first.
   *
   * Rejects with INVALID_ARGUMENT for a `graceMs` below 0, and then closes nothing.
   */
  async drain({ graceMs = DRAIN_GRACE_MS }: DrainOptions = {}): Promise<boolean> {
    checkNonNegative("graceMs", graceMs);
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  /** Like {@link AsterServer.drain}, but resolves without a result. */
  async close(options: DrainOptions = {}): Promise<void> {
    await this.drain(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #log(): ServerLog | undefined {
    return this.server.log;
  }

  #logStart(): void {
    const { definitions } = this.server;
    this.#log?.started({
      endpoint_id: this.endpointId,
      services: definitions.map(({ name, version }) => `${name}/${version}`),
      gate: this.#admissions.isOpen ? "open" : "closed",
      health_port: this.healthPort,
    });
  }

  async #openHealth(
    address: HealthAddress | undefined,
    sources: readonly MetricSource[],
  ): Promise<void> {
    if (address === undefined) return;
    try {
      this.#healthEndpoint = await HealthEndpoint.open(
        {
          health: this.#health,
          limits: this.server.limits,
          stats: () => this.stats(),
          sources,
        },
        address,
      );
    } catch (error) {
      await this.close({ graceMs: 0 });
      throw error;
    }
  }

  async #openMesh(
    options: ReadMeshOptions | undefined,
    secretKey: Uint8Array | undefined,
    trust: ServerTrust | undefined,
  ): Promise<void> {
    if (options === undefined || secretKey === undefined || trust === undefined) return;
    const { server } = this;
    try {
      this.#mesh = await openMesh(options, {
        node: this.node,
        secretKey,
        trust,
        definitions: server.definitions,
        health: this.#health,
        address: () => this.address,
        onProblem: (error) => server.callbackFailed("mesh", "", error),
      });
    } catch (error) {
      await this.close({ graceMs: 0 });
      throw error;
    }
  }

  async #openRegistry(options: ServerRegistryOptions | undefined): Promise<void> {
    if (options === undefined) return;
    const { server } = this;
    try {
      const registry = await ServerRegistry.open(options, {
        node: this.node,
        definitions: server.definitions,
        health: this.#health,
        calls: () => ({ running: server.stats().calls, most: server.limits.maxCalls }),
        onError: (error) => server.callbackFailed("registry", "", error),
      });
      this.#registry = registry;
      this.#admissions.offerRegistry(registry.registry.namespace);
      this.#health.onChange = () => void registry.refresh();
    } catch (error) {
      await this.close({ graceMs: 0 });
      throw error;
    }
  }

  async #close(graceMs: number): Promise<boolean> {
    this.#health.drain();
    this.#log?.stopping();
    await this.#incoming.return?.();
    const returned = await this.server.drain({ graceMs });
    await this.#registry?.close();
    await this.#mesh?.close();
    this.server.close();
    this.#admissions.close();
    this.#connections.close("server closed");
    await this.#healthEndpoint?.close();
    if (this.#held.owned) await this.node.close();
    this.#log?.stopped(returned);
    return returned;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#incoming) {
      const calls = connection.alpn === RPC_ALPN;
      let exchange: AdmissionExchange | undefined;
      const taken = this.#connections.take({
        connection,
        admitted: this.#admissions.isAdmitted(connection.peer),
        idle: calls ? () => connection.stats().channels === 0 : () => exchange?.isDeciding !== true,
      });
      if (!taken) {
        this.#log?.crowded(connection);
        continue;
      }
      if (calls) this.server.handle(connection);
      else exchange = this.#admissions.serve(connection, this.#connections.isCrowded);
    }
  }
}

showAs(AsterServer.prototype, "AsterServer", ({ endpointId, address, server }) => ({
  endpointId,
  address,
  services: server.definitions.map(({ name }) => name),
}));
