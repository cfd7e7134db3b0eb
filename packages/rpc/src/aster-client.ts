import type { ContractManifest } from "@aster/contract/model";
import type { EndpointAddress, Node } from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { abortedError } from "./client/call-failure.ts";
import type {
  Client,
  RowClient,
  ServiceReference,
  SessionService,
  SharedService,
} from "./client/client.ts";
import { type ClientOptions, createClient, type RowViews } from "./client/create-client.ts";
import { RpcError } from "./error.ts";
import type { Interceptor } from "./interceptor.ts";
import type { RpcLimits } from "./limits.ts";
import type { Compression } from "./message/compression.ts";
import { dial } from "./peer/dial.ts";
import { type HeldNode, holdNode, type NodeChoice } from "./peer/own-node.ts";
import { PeerServices } from "./peer/peer-services.ts";
import { openDynamicSession, openJsonSession } from "./proxy/create-json-session.ts";
import { createJsonClient, type JsonClient } from "./proxy/json-client.ts";
import { createDynamicClient, type DynamicClient } from "./proxy/manifest-client.ts";
import { Backoff, type ReconnectOptions } from "./reconnect/backoff.ts";
import type { ClientState } from "./reconnect/client-state.ts";
import { ClientLink } from "./reconnect/peer-link.ts";
import type { ClientSession } from "./session/client-session.ts";
import { openSession, type SessionOptions } from "./session/create-session.ts";
import type { DynamicSession, JsonSession, OpenedSession, Session } from "./session/session.ts";
import { clearTimer, now, setTimer } from "./time/clock.ts";

const DIAL_TIMEOUT_MS = 20_000;
const DRAIN_GRACE_MS = 10_000;
/** For the farewell; as long as a node takes for its own. */
const CLOSE_PATIENCE_MS = 2_000;
/** Calls are not counted one by one: that costs every one of them, and closing is rare. */
const POLL_MS = 5;

export interface AsterClientOptions extends NodeChoice {
  /** For dialling and admission together (default 20 000), and for calls that set none and whose method has none. */
  readonly timeoutMs?: number;
  /** Gives dialling up. */
  readonly signal?: AbortSignal;
  /** The credential to present, as JSON text. Default: none. */
  readonly credential?: string;
  /** Around every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: Partial<RpcLimits>;
  /** Of the requests of every service. Default: payloads of more than 4096 bytes. */
  readonly compression?: Compression;
  /** How a lost peer is dialled again when a call needs it. With `false` calls fail instead, until `reconnectNow()`. */
  readonly reconnect?: ReconnectOptions | false;
  /** Told when the client loses its peer, looks for it, has it again, or is closed; `error` says why it is lost. */
  readonly onStateChange?: (state: ClientState, error: RpcError | undefined) => void;
}

/** How a client ends. */
export interface ClientCloseOptions {
  /** What calls that run have to end by themselves. */
  readonly graceMs?: number;
}

export interface ServiceClientOptions extends Omit<ClientOptions, "limits" | "peerModes"> {
  /** Whether to refuse a peer whose contract is not ours. Default true. */
  readonly checkContract?: boolean;
}

export interface ServiceSessionOptions
  extends ServiceClientOptions,
    Pick<SessionOptions, "cancelTimeoutMs"> {}

export interface ProxyOptions extends Omit<ServiceClientOptions, "serialization" | "profile"> {
  /** What the peer published of the service. Without it methods are called as they come. */
  readonly manifest?: ContractManifest;
}

export interface SessionProxyOptions
  extends ProxyOptions,
    Pick<SessionOptions, "cancelTimeoutMs"> {}

/**
 * A peer that has let us in, and the services it offers. Whoever connects closes it, `await using` does.
 *
 * When the connection is lost, calls that run end with UNAVAILABLE and are not repeated. The next call dials the peer again and
 * waits for that, within its own deadline; all calls wait for the same attempt. A client that nobody calls dials nobody, and
 * does not keep the process alive.
 */
export class AsterClient implements AsyncDisposable {
  readonly #held: HeldNode;
  readonly #link: ClientLink;
  readonly #services: PeerServices;
  readonly #sessions = new Set<ClientSession>();
  #closing: Promise<boolean> | undefined;

  private constructor(held: HeldNode, link: ClientLink, options: AsterClientOptions) {
    this.#held = held;
    this.#link = link;
    this.#services = new PeerServices(link, options);
  }

  /**
   * Dials a peer, is admitted and learns its services. `address` is a ticket, a base64 node address, an endpoint id, or the
   * parts of one.
   *
   * Rejects with {@link RpcError}: UNAVAILABLE when the peer cannot be reached in time, UNAUTHENTICATED when it does not
   * admit us, CANCELLED when the signal fires (DEADLINE_EXCEEDED when it is an `AbortSignal.timeout()`), INVALID_ARGUMENT for an address that cannot be read.
   */
  static async connect(
    address: EndpointAddress | string,
    options: AsterClientOptions = {},
  ): Promise<AsterClient> {
    let held: HeldNode | undefined;
    try {
      const { credential, timeoutMs, reconnect = {}, onStateChange = () => {} } = options;
      const connectTimeoutMs = timeoutMs ?? DIAL_TIMEOUT_MS;
      const backoff = new Backoff({ connectTimeoutMs, ...(reconnect || {}) });
      held = await holdNode(options);
      const { node } = held;
      const presented = credential === undefined ? {} : { credential };
      const link = new ClientLink(await dial(node, address, options), {
        redial: (withinMs, signal) =>
          dial(node, address, { ...presented, timeoutMs: withinMs, signal }),
        backoff,
        reconnects: reconnect !== false,
        onStateChange,
      });
      return new AsterClient(held, link, options);
    } catch (error) {
      if (held?.owned) await held.node.close();
      throw options.signal?.aborted ? abortedError(options.signal) : RpcError.from(error);
    }
  }

  get node(): Node {
    return this.#held.node;
  }

  /** Endpoint id of the peer. */
  get peer(): string {
    return this.#link.peer;
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /** What the peer offers to us, as of the last connection. */
  get services(): readonly AdmittedService[] {
    return this.#link.services;
  }

  /** What the peer knows us by, from our credential. */
  get attributes(): Readonly<Record<string, string>> {
    return this.#link.attributes;
  }

  /**
   * Looks for a lost peer now instead of when the back-off is over: for who learns that it is back. Harmless when it is there.
   * Rejects with {@link RpcError} as {@link AsterClient.connect} does, with FAILED_PRECONDITION when the client is closed.
   */
  reconnectNow(): Promise<void> {
    return this.#link.reconnectNow();
  }

  /**
   * A typed client of one service. It sends nothing until a method is called.
   *
   * Throws {@link RpcError}: NOT_FOUND for a service that is not offered, FAILED_PRECONDITION for one under another contract.
   */
  client<T extends ServiceReference>(
    service: T & SharedService<T>,
    options: ServiceClientOptions & RowViews,
  ): RowClient<T>;
  client<T extends ServiceReference>(
    service: T & SharedService<T>,
    options?: ServiceClientOptions,
  ): Client<T>;
  client<T extends ServiceReference>(
    service: T & SharedService<T>,
    options: ServiceClientOptions & Partial<RowViews> = {},
  ): Client<T> | RowClient<T> {
    const { connection, settings } = this.#services.typed(service, options);
    return createClient(service, connection, settings);
  }

  /**
   * Opens a session with a session-scoped service; whoever opens it closes it, `await using` does. It ends with the connection,
   * since its state is the server's: open another one then.
   *
   * Rejects with {@link RpcError}: NOT_FOUND for a service that is not offered, FAILED_PRECONDITION for a shared one, one under
   * another contract, and one with a method under the key `close` or `closed`. A server that refuses the session says so to its
   * first call.
   */
  async session<T extends ServiceReference>(
    service: T & SessionService<T>,
    options: ServiceSessionOptions = {},
  ): Promise<Session<T>> {
    const { connection, settings } = this.#services.typed(service, options);
    return this.#keep(openSession<T>(service, connection, settings));
  }

  /**
   * A client without a definition, in JSON. The name is sent as it is, whether it is offered or not.
   *
   * With a manifest (`parseManifest` of `@aster/contract` reads one) it knows the methods, their patterns and fields; then it
   * throws {@link RpcError} as `client` does, and INVALID_ARGUMENT for the manifest of another service.
   */
  proxy(
    service: string,
    options: ProxyOptions & { readonly manifest: ContractManifest },
  ): DynamicClient;
  proxy(service: string, options?: ProxyOptions): JsonClient;
  proxy(service: string, options: ProxyOptions = {}): JsonClient | DynamicClient {
    const { room, version, settings } = this.#services.named(service, "shared", options);
    return options.manifest === undefined
      ? createJsonClient(room, service, version, settings)
      : createDynamicClient(room, options.manifest, settings);
  }

  /**
   * As {@link AsterClient.session}, without a definition, in JSON: what `proxy` is to `client`. A method called `close` or
   * `closed` cannot be reached.
   */
  sessionProxy(
    service: string,
    options: SessionProxyOptions & { readonly manifest: ContractManifest },
  ): Promise<DynamicSession>;
  sessionProxy(service: string, options?: SessionProxyOptions): Promise<JsonSession>;
  async sessionProxy(
    service: string,
    options: SessionProxyOptions = {},
  ): Promise<JsonSession | DynamicSession> {
    const { room, version, settings } = this.#services.named(service, "session", options);
    const { manifest, cancelTimeoutMs } = options;
    const parts = { ...settings, limits: room.limits, cancelTimeoutMs };
    return manifest === undefined
      ? this.#keep(openJsonSession(room.connection, service, version, parts))
      : this.#keep(openDynamicSession(room.connection, manifest, parts));
  }

  /** {@link AsterClient.close}, with 10 000 ms for calls that run; says whether all of them have ended by themselves. */
  drain({ graceMs = DRAIN_GRACE_MS }: ClientCloseOptions = {}): Promise<boolean> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  /**
   * Refuses new calls with FAILED_PRECONDITION, waits for those that run (`graceMs`, by default not at all), ends the rest with
   * CANCELLED, closes the connection, and the node if it is ours. Resolves when the peer has been told, or within 2 s. Once;
   * further calls wait for the first.
   */
  async close({ graceMs = 0 }: ClientCloseOptions = {}): Promise<void> {
    await this.drain({ graceMs });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
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
    const until = now() + graceMs;
    for (let left = graceMs; left > 0 && link.channels > 0; left = until - now()) {
      const waitMs = Math.min(POLL_MS, left);
      await new Promise<void>((resolve) => setTimer(resolve, waitMs));
    }
    const idle = link.channels === 0;
    const closed = link.close("normal close");
    // who connects again at once must not find itself there still
    await (this.#held.owned ? this.node.close() : withinPatience(closed));
    return idle;
  }
}

/** Nothing but the timer keeps the process alive meanwhile. */
async function withinPatience(closed: Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimer(resolve, CLOSE_PATIENCE_MS);
    void closed.then(() => {
      clearTimer(timer);
      resolve();
    });
  });
}
