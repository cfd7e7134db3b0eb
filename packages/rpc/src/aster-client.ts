import type { ContractManifest } from "@aster/contract/model";
import type { EndpointAddress, Node, PathStats } from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { abortedError } from "./client/call-failure.ts";
import type {
  Client,
  RowClient,
  ServiceReference,
  SessionReference,
  SharedReference,
} from "./client/client.ts";
import { createClient, type RowViews } from "./client/create-client.ts";
import {
  type AsterClientOptions,
  type ClientCloseOptions,
  type ClientState,
  checkClientOptions,
  type ProxyOptions,
  type ServiceClientOptions,
  type ServiceSessionOptions,
  type SessionProxyOptions,
} from "./client-options.ts";
import { clientSettings } from "./config/client-settings.ts";
import { DIAL_TIMEOUT_MS, DRAIN_GRACE_MS } from "./defaults.ts";
import { RpcError } from "./error.ts";
import { ClientLog } from "./log/client-log.ts";
import { Log } from "./log/log.ts";
import { checkNonNegative } from "./option-check.ts";
import { CredentialSource } from "./peer/credential-source.ts";
import { OpenedConnections } from "./peer/opened-connections.ts";
import { type HeldNode, holdNode } from "./peer/own-node.ts";
import type { PeerDialer } from "./peer/peer-dialer.ts";
import { PeerServices } from "./peer/peer-services.ts";
import { nodeOptionsFor, openDialer } from "./producers/open-dialer.ts";
import { isProducerChoice, type ProducerChoice } from "./producers/producer-choice.ts";
import { createManifestProxy, type ManifestProxy } from "./proxy/manifest-proxy.ts";
import { createServiceProxy, type ServiceProxy } from "./proxy/service-proxy.ts";
import {
  type ManifestSessionProxy,
  openManifestSession,
  openSessionProxy,
  type SessionProxy,
} from "./proxy/session-proxy.ts";
import { Backoff } from "./reconnect/backoff.ts";
import { PeerLink } from "./reconnect/peer-link.ts";
import { retryTokens } from "./retry/call-retries.ts";
import type { ClientSession } from "./session/client-session.ts";
import { openSession } from "./session/create-session.ts";
import type { OpenedSession, Session } from "./session/session.ts";
import { showAs } from "./shown.ts";
import { clearTimer, now, setTimer } from "./time/clock.ts";

/** The longest wait for the close handshake, as long as a node waits for its own. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * A connection to one peer and a client of its services. The caller closes it, or `await using`
 * does.
 *
 * `connect` dials the peer, is admitted and learns its services. `client`, `session` and `proxy`
 * make clients of these. When the connection is lost, running calls of idempotent methods are
 * repeated and the others end with UNAVAILABLE. The next call dials the peer again and waits for
 * that within its own deadline; all calls wait for the same dial. Without calls a client does not
 * dial, and does not keep the process alive.
 */
export class AsterClient implements AsyncDisposable {
  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(AsterClient, "name", { value: "AsterClient" });
  }

  readonly #held: HeldNode;
  readonly #connections: OpenedConnections;
  readonly #link: PeerLink;
  readonly #services: PeerServices;
  readonly #sessions = new Set<ClientSession>();
  #closing: Promise<boolean> | undefined;

  private constructor(
    held: HeldNode,
    connections: OpenedConnections,
    link: PeerLink,
    options: AsterClientOptions,
  ) {
    this.#held = held;
    this.#connections = connections;
    this.#link = link;
    this.#services = new PeerServices(link, options);
  }

  /**
   * Connects to the best producer of a service in a registry (docs/guide/registry.md). When it is
   * lost, calls go to the next one, as they go to the same peer after a reconnection; when a better
   * one appears, new calls go there. `client.peer` is the present one.
   *
   * Rejects as the other form, with NOT_FOUND when the registry does not know the service, and with
   * UNAVAILABLE when no producer can take calls within `timeoutMs`.
   */
  static async connect(choice: ProducerChoice & AsterClientOptions): Promise<AsterClient>;
  /**
   * Dials a peer, is admitted and learns its services. `address` is a ticket, a base64 node
   * address, an endpoint id, or an {@link EndpointAddress}. Default: that of the configuration,
   * `ASTER_ENDPOINT_ADDR`.
   *
   * Rejects with {@link RpcError}. Before a node is opened: INVALID_ARGUMENT for an address that
   * cannot be read and for an option out of range (`details.reason` is `option.invalid`). After
   * that: UNAVAILABLE when the peer cannot be reached in time, UNAUTHENTICATED when it does not
   * admit the client, CANCELLED when the signal fires (DEADLINE_EXCEEDED for an
   * `AbortSignal.timeout()`), FAILED_PRECONDITION when the node cannot be opened and for a peer
   * that offers its services at another endpoint (`admission.redirect`). A node that was opened is
   * closed again.
   */
  static async connect(
    address?: EndpointAddress | string,
    options?: AsterClientOptions,
  ): Promise<AsterClient>;
  static async connect(
    address?: EndpointAddress | string | (ProducerChoice & AsterClientOptions),
    options: AsterClientOptions = {},
  ): Promise<AsterClient> {
    const given = isProducerChoice(address) ? address : options;
    let held: HeldNode | undefined;
    let dialer: PeerDialer | undefined;
    try {
      const { target, options } = await clientSettings(address, given);
      const { timeoutMs, reconnect = {}, onStateChange = () => {} } = options;
      checkClientOptions(options);
      const connectTimeoutMs = timeoutMs ?? DIAL_TIMEOUT_MS;
      const backoff = new Backoff({ connectTimeoutMs, ...(reconnect || {}) });
      const log = ClientLog.of(Log.of(options.log));
      const beganAt = now();
      held = await holdNode(options, nodeOptionsFor(target));
      const connections = new OpenedConnections(held.node, log?.connections);
      const { allowRedirect, signal, iidToken } = options;
      const credentials = new CredentialSource(options.credential);
      dialer = await openDialer(target, connections, {
        ...{ credentials, iidToken, allowRedirect, log, timeoutMs },
        signal,
      });
      const link = new PeerLink(await dialer.dial(connectTimeoutMs, signal), {
        dialer,
        backoff,
        reconnects: reconnect !== false,
        onStateChange,
        retryTokens: retryTokens(options.retry ?? true),
        log,
      });
      dialer.follow(link);
      log?.connected(link.peer, now() - beganAt);
      return new AsterClient(held, connections, link, options);
    } catch (error) {
      await dialer?.close();
      if (held?.owned) await held.node.close();
      throw given.signal?.aborted ? abortedError(given.signal) : RpcError.from(error);
    }
  }

  get node(): Node {
    return this.#held.node;
  }

  /** Endpoint id of the peer that answers the calls. */
  get peer(): string {
    return this.#link.peer;
  }

  /**
   * The network paths of the present connection: direct ones and through relays. Empty without a
   * connection, and in memory.
   */
  get paths(): readonly PathStats[] {
    return this.#link.connectionStats().paths ?? [];
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /** The services that the peer offers to this client, as of the last connection. */
  get services(): readonly AdmittedService[] {
    return this.#link.services;
  }

  /** The attributes that the peer took from the client's credential. */
  get attributes(): Readonly<Record<string, string>> {
    return this.#link.attributes;
  }

  /** The id of the registry that the peer has, 64 hex characters; `undefined` for none. */
  get registryNamespace(): string | undefined {
    return this.#link.registryNamespace || undefined;
  }

  /**
   * Reconnects now instead of waiting for the back-off. No-op while connected. Rejects with
   * {@link RpcError} as {@link AsterClient.connect} does, and with FAILED_PRECONDITION when the
   * client is closed.
   */
  reconnectNow(): Promise<void> {
    return this.#link.reconnectNow();
  }

  /**
   * Returns a typed client of one service. It sends nothing until a method is called.
   *
   * Throws {@link RpcError}: NOT_FOUND for a service that the peer does not offer,
   * FAILED_PRECONDITION for a session-scoped one, INVALID_ARGUMENT for an option out of range.
   *
   * Under another contract, each method is checked on its own (docs/guide/evolution.md): calls end
   * with UNIMPLEMENTED or FAILED_PRECONDITION. With `checkContract: "equal"`, and for a peer that
   * does not describe its contract, this function throws FAILED_PRECONDITION.
   */
  client<T extends SharedReference>(
    service: T,
    options: ServiceClientOptions & RowViews,
  ): RowClient<T>;
  client<T extends SharedReference>(service: T, options?: ServiceClientOptions): Client<T>;
  client<T extends SharedReference>(
    service: T,
    options: ServiceClientOptions & Partial<RowViews> = {},
  ): Client<T> | RowClient<T> {
    const { connection, settings } = this.#services.typed(service, options);
    return createClient(service, connection, settings);
  }

  /**
   * Returns a client of a service without its definition, in JSON. The name is sent as it is, also
   * when the peer does not offer it.
   *
   * With a manifest (`parseManifest` of `@aster/contract` reads one) the proxy checks methods,
   * patterns and fields. Then it throws {@link RpcError} as `client` does, and INVALID_ARGUMENT for
   * the manifest of another service.
   */
  proxy(
    service: string,
    options: ProxyOptions & { readonly manifest: ContractManifest },
  ): ManifestProxy;
  proxy(service: string, options?: ProxyOptions): ServiceProxy;
  proxy(service: string, options: ProxyOptions = {}): ServiceProxy | ManifestProxy {
    const { target, version, settings } = this.#services.named(service, "shared", options);
    return options.manifest === undefined
      ? createServiceProxy(target, service, version, settings)
      : createManifestProxy(target, options.manifest, settings);
  }

  /**
   * Requests the manifest of a service from the peer, with the descriptions of all its types; of
   * the latest version that it offers, unless `version` is given. A manifest is requested once per
   * contract id.
   *
   * Rejects with {@link RpcError}: NOT_FOUND for a service that the peer does not offer,
   * UNIMPLEMENTED for a peer that does not describe its contracts, such as the Python package,
   * PERMISSION_DENIED without the roles of the service, and as a call does.
   */
  async manifest(
    service: string,
    { version }: { readonly version?: number | undefined } = {},
  ): Promise<ContractManifest> {
    try {
      return await this.#services.manifest(service, version);
    } catch (error) {
      throw RpcError.from(error);
    }
  }

  /**
   * Opens a session with a session-scoped service. The caller closes it, or `await using` does. It
   * ends with the connection, because its state is on the server; open another one then.
   *
   * With a definition or class, rejects with {@link RpcError}: NOT_FOUND for a service that the
   * peer does not offer, FAILED_PRECONDITION for a shared one and one with a method under the key
   * `close` or `closed`, INVALID_ARGUMENT for an option out of range. Methods of another
   * contract are checked as by {@link AsterClient.client}. When the server refuses the session, its
   * first call ends with that error.
   *
   * With a name, the session is in JSON, as {@link AsterClient.proxy} is, and `proxyMethod` finds
   * methods called `close` and `closed`.
   */
  session<T extends SessionReference>(
    service: T,
    options?: ServiceSessionOptions,
  ): Promise<Session<T>>;
  session(
    service: string,
    options: SessionProxyOptions & { readonly manifest: ContractManifest },
  ): Promise<ManifestSessionProxy>;
  session(service: string, options?: SessionProxyOptions): Promise<SessionProxy>;
  async session(
    service: ServiceReference | string,
    options: ServiceSessionOptions | SessionProxyOptions = {},
  ): Promise<object> {
    if (typeof service === "string") return await this.#sessionProxy(service, options);
    const { connection, settings } = this.#services.typed(service, options);
    await connection.ready();
    return this.#keep(openSession(service, connection, settings));
  }

  /**
   * As {@link AsterClient.close}, but running calls have 10 s by default. Resolves with whether all
   * of them ended by then.
   */
  async drain({ graceMs = DRAIN_GRACE_MS }: ClientCloseOptions = {}): Promise<boolean> {
    checkNonNegative("graceMs", graceMs);
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  /**
   * Refuses new calls with FAILED_PRECONDITION, gives running calls `graceMs` (default: 0) to end,
   * ends the rest with CANCELLED, then closes the connection, and the node if the client opened it.
   * Resolves after the close handshake, at most 2 s later. Further calls wait for the first.
   * Rejects with INVALID_ARGUMENT for a `graceMs` out of range.
   */
  async close({ graceMs = 0 }: ClientCloseOptions = {}): Promise<void> {
    await this.drain({ graceMs });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sessionProxy(
    service: string,
    options: SessionProxyOptions,
  ): Promise<SessionProxy | ManifestSessionProxy> {
    const { target, version, settings } = this.#services.named(service, "session", options);
    await target.connection.ready();
    const { manifest, cancelTimeoutMs } = options;
    const parts = { ...target, ...settings, cancelTimeoutMs };
    return manifest === undefined
      ? this.#keep(openSessionProxy(service, version, parts))
      : this.#keep(openManifestSession(manifest, parts));
  }

  #keep<S>({ session, opened }: OpenedSession<S>): S {
    this.#sessions.add(opened);
    void opened.ending.then(() => this.#sessions.delete(opened));
    return session;
  }

  async #close(graceMs: number): Promise<boolean> {
    const link = this.#link;
    link.refuse();
    for (const session of this.#sessions) session.finish();
    const idle = await link.idle(graceMs);
    link.close("normal close");
    await link.dialerClosed;
    // a client that connects again at once must not count as a second connection of this peer
    await (this.#held.owned ? this.node.close() : withinCloseTimeout(this.#connections.close()));
    return idle;
  }
}

showAs(AsterClient.prototype, "AsterClient", ({ peer, state, services }) => ({
  peer,
  state,
  services: services.map(({ name }) => name),
}));

/** Only the timer keeps the process alive meanwhile. */
async function withinCloseTimeout(closed: Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimer(resolve, CLOSE_TIMEOUT_MS);
    void closed.then(() => {
      clearTimer(timer);
      resolve();
    });
  });
}
