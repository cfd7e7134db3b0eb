import {
  type Channel,
  type ChannelSink,
  type Connection,
  type ConnectionStats,
  ResetCode,
  TransportError,
} from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import {
  closedError,
  comparisonWait,
  connectionWait,
  peerDrainingError,
  type Wait,
} from "../client/call-failure.ts";
import { HeldCalls } from "../client/held-calls.ts";
import type { ClientState } from "../client-options.ts";
import { inCurrentScope } from "../context.ts";
import { RpcError } from "../error.ts";
import { printFailure, runCallback } from "../failure-log.ts";
import type { ClientLog } from "../log/client-log.ts";
import type { DialedPeer } from "../peer/dial.ts";
import type { PeerDialer } from "../peer/peer-dialer.ts";
import { RpcReason } from "../reason.ts";
import type { RetryTokens } from "../retry/retry-tokens.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";
import { AdmissionRenewal } from "./admission-renewal.ts";
import type { Backoff } from "./backoff.ts";
import { hedgedDial, type Redial } from "./hedged-dial.ts";
import { LivenessMonitor } from "./liveness-monitor.ts";
import { type ChannelCheck, PendingChannels } from "./pending-channel.ts";
import { RetiredConnections } from "./retired-connections.ts";

export interface PeerLinkOptions {
  readonly dialer: PeerDialer;
  readonly backoff: Backoff;
  /** A call dials when no connection is open; otherwise it fails at once. */
  readonly reconnects: boolean;
  readonly retryTokens: RetryTokens;
  readonly onStateChange: (state: ClientState, error: RpcError | undefined) => void;
  readonly log?: ClientLog | undefined;
}

/** Closing is rare, so the link polls: counting the calls would cost each of them. */
const POLL_MS = 5;
/** The time for a renewal of the admission. The dial of a lost connection may take longer. */
const READMIT_TIMEOUT_MS = 10_000;

/**
 * The link of a client to its peer: one connection at a time, and after a loss the next one.
 *
 * `AsterClient` creates it with the first connection and closes it; a {@link ClientConnection} per
 * service opens channels through it. Without a connection, channels wait in it. It dials
 * when the first one waits, after the back-off, and attaches all of them to the new connection or
 * fails them. While calls run, a {@link LivenessMonitor} replaces a connection that is silent.
 */
export class PeerLink {
  /** Changes whenever `connection` does. */
  epoch = 0;
  /** Undefined when there is none. It stays the lost one when calls do not reconnect. */
  connection: Connection | undefined;
  /** The services that the peer offered at the last admission. */
  services: readonly AdmittedService[];
  attributes: Readonly<Record<string, string>>;
  /** Empty if the peer has no registry. */
  registryNamespace: string;
  /** The peer of the present connection, or of the last one. */
  peer: string;
  /** Fulfils when the client is closed. */
  readonly closed: Promise<TransportError>;
  /** Resolves when the dialer has closed too, after {@link PeerLink.close}. */
  dialerClosed: Promise<void> | undefined;
  readonly held: HeldCalls = new HeldCalls();
  readonly retryTokens: RetryTokens;
  readonly #renewal = new AdmissionRenewal((signal) => this.#readmit(signal));
  readonly #options: PeerLinkOptions;
  /** Bound to the async context of the constructor: a call that dials has another one. */
  readonly #onStateChange: PeerLinkOptions["onStateChange"];
  readonly #pending = new PendingChannels({
    onNone: () => this.#stopTimer(),
    isCurrent: (connection) => connection === this.connection,
    onLost: () => {
      if (this.connection === undefined) this.#connectInTime();
    },
  });
  readonly #retired = new RetiredConnections();
  #settleClosed: (error: TransportError) => void = () => {};
  #monitor: LivenessMonitor | undefined;
  #state: ClientState = "connected";
  #refusing = false;
  #connectedAt = now();
  #timer: Timer | undefined;
  /** The error that ended the last connection or attempt; `undefined` while connected. */
  #lastError: RpcError | undefined;
  #attempt: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(dialed: DialedPeer, options: PeerLinkOptions) {
    this.#options = options;
    this.retryTokens = options.retryTokens;
    this.#onStateChange = inCurrentScope(options.onStateChange);
    this.peer = dialed.connection.peer;
    this.connection = dialed.connection;
    this.services = dialed.admission.services;
    this.attributes = dialed.admission.attributes;
    this.registryNamespace = dialed.admission.registryNamespace;
    this.#renewal.admitted(dialed.expiresAt);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.#watch(dialed.connection);
  }

  get state(): ClientState {
    return this.#state;
  }

  get log(): ClientLog | undefined {
    return this.#options.log;
  }

  /** Refuses new calls from now on. Calls that run or wait for a connection go on. */
  refuse(): void {
    this.#refusing = true;
    this.epoch += 1;
  }

  /** Throws FAILED_PRECONDITION when the client is closed or closing. */
  checkOpen(): void {
    if (!this.#refusing) return;
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      "this client is closed: connect a new one with AsterClient.connect",
      { details: { reason: RpcReason.CLIENT_CLOSED } },
    );
  }

  /** The connection to another producer. */
  get spare(): DialedPeer | undefined {
    return this.#options.dialer.spare;
  }

  connectionStats(): ConnectionStats {
    return this.connection?.stats() ?? { channels: 0, sentBytes: 0, receivedBytes: 0, rttMs: 0 };
  }

  /** Channels that are open on any connection or wait for one, and calls in interceptors. */
  get channels(): number {
    const present = this.connection?.stats().channels ?? 0;
    const elsewhere = this.spare?.connection.stats().channels ?? 0;
    return this.held.size + this.#pending.size + present + elsewhere + this.#retired.channels;
  }

  /** Resolves when no call runs or the time is over, with whether none runs. */
  async idle(withinMs: number): Promise<boolean> {
    const until = now() + withinMs;
    for (let left = withinMs; left > 0 && this.channels > 0; left = until - now()) {
      const waitMs = Math.min(POLL_MS, left);
      await new Promise<void>((resolve) => setTimer(resolve, waitMs));
    }
    return this.channels === 0;
  }

  /** The connection that a channel waits for, with the error of the last one or last attempt. */
  waitOf(channel: Channel | undefined): Wait | undefined {
    if (channel === undefined || !this.#pending.has(channel)) return undefined;
    if (this.#pending.isChecked(channel)) return comparisonWait(this.peer);
    return connectionWait(this.peer, this.#lastError);
  }

  /** A call begins on the current connection. */
  callBegins(): void {
    this.#monitor?.watch();
  }

  /**
   * Opens a channel that waits for the next connection, and dials. `check` is called on that
   * connection. With `checking`, the channel waits for this check of the current connection.
   */
  wait(
    opener: Connection,
    sink: ChannelSink,
    check: ChannelCheck,
    checking?: Promise<void>,
  ): Channel {
    this.checkOpen();
    const channel = this.#pending.open(opener, sink, check);
    if (this.connection !== undefined && checking !== undefined) {
      this.#pending.hold(channel, this.connection, checking);
    } else this.#connectInTime();
    return channel;
  }

  /** Dials at once, or waits for a dial that is under way. Rejects with the error of the dial. */
  async reconnectNow(): Promise<void> {
    this.checkOpen();
    await this.#attempt?.done.catch(() => this.checkOpen());
    if (this.#state === "connected") return;
    this.#stopTimer();
    await this.#connect();
  }

  /** The peer takes no new calls on this connection. Calls that run on it go on. */
  retire(connection: Connection): void {
    if (connection !== this.connection || !this.#options.reconnects) return;
    this.#retired.add(connection);
    this.#lose(new RpcError(StatusCode.UNAVAILABLE, "the peer is draining"));
  }

  /**
   * New calls go to another peer. Calls that run on the old connection go on. Returns `false` if
   * the link is not connected now.
   */
  move(dialed: DialedPeer): boolean {
    const old = this.connection;
    if (old === undefined || this.#state !== "connected" || this.#refusing) return false;
    this.#monitor?.close();
    void this.#retired.closeIdle(old);
    this.#connected(dialed);
    return true;
  }

  /** The peer ended the admission of this client: another one is requested in the background. */
  lapsed(): void {
    if (this.connection !== undefined) this.#renewal.lapsed();
  }

  /** Closes all connections. Their close handshakes may take longer. */
  close(reason: string): void {
    if (this.#state === "closed") return;
    const { connection } = this;
    this.refuse();
    this.connection = undefined;
    this.#stopTimer();
    this.#monitor?.close();
    this.#renewal.close();
    this.#setState("closed");
    this.#attempt?.abort.abort();
    this.dialerClosed = this.#options.dialer.close();
    this.#pending.fail(closedError());
    this.held.end(closedError());
    connection?.close(ResetCode.NoError, reason);
    this.#retired.close(reason);
    this.#settleClosed(new TransportError("closed", "the client was closed"));
  }

  #watch(connection: Connection): void {
    if (this.#options.reconnects) {
      this.#monitor = new LivenessMonitor(connection, {
        dial: (signal) => this.#probe(signal),
        replace: (dialed) => this.#replace(connection, dialed),
      });
    }
    void connection.closed.then((error) => {
      this.#retired.delete(connection);
      if (connection === this.connection) this.#lose(RpcError.from(error));
    });
  }

  /** The peer answers on a new connection, and no longer on the old one. */
  #replace(old: Connection, dialed: DialedPeer): void {
    const answered = dialed.connection.peer === old.peer ? "it answered" : "another peer answered";
    const text = `the peer stopped responding on this connection; ${answered} on a new one`;
    const details = { reason: RpcReason.TRANSPORT_TIMEOUT };
    this.#lose(new RpcError(StatusCode.UNAVAILABLE, text, { details }));
    this.#connected(dialed);
    old.close(ResetCode.Cancelled, "the peer no longer answers on it");
  }

  #lose(error: RpcError): void {
    const at = now();
    this.#lastError = error;
    this.#monitor?.close();
    this.#monitor = undefined;
    this.#options.backoff.lost(at - this.#connectedAt, at);
    if (this.#options.reconnects) {
      this.connection = undefined;
      this.epoch += 1;
    }
    this.#setState("disconnected", error);
  }

  /** Dials after the back-off, unless a dial is due or under way. */
  #connectInTime(): void {
    if (this.#attempt !== undefined || this.#timer !== undefined) return;
    const { dialer, backoff } = this.#options;
    const waitMs = dialer.spare !== undefined ? 0 : backoff.remainingMs(now());
    if (waitMs === 0) void this.#connect().catch(() => {});
    else {
      this.#timer = setTimer(() => {
        this.#timer = undefined;
        void this.#connect().catch(() => {});
      }, waitMs);
    }
  }

  #stopTimer(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #connect(): Promise<void> {
    if (this.#attempt === undefined) {
      const abort = new AbortController();
      this.#attempt = { abort, done: this.#dial(abort.signal) };
      this.#setState("connecting");
    }
    return this.#attempt.done;
  }

  async #dial(signal: AbortSignal): Promise<void> {
    this.#options.backoff.attemptStarted(now());
    let dialed: DialedPeer;
    try {
      dialed = await this.#redial(signal);
    } catch (cause) {
      throw this.#failed(RpcError.from(cause));
    }
    this.#attempt = undefined;
    if (this.#state === "closed") {
      dialed.connection.close(ResetCode.NoError, "normal close");
      throw closedError();
    }
    this.#connected(dialed);
  }

  #redial(signal: AbortSignal): Promise<DialedPeer> {
    const { dialer, backoff } = this.#options;
    const redial: Redial = (withinMs, one) => dialer.dial(withinMs, one);
    return hedgedDial(redial, backoff.options.connectTimeoutMs, signal);
  }

  #probe(signal: AbortSignal): Promise<DialedPeer> {
    const { dialer, backoff } = this.#options;
    const redial: Redial = (withinMs, one) => dialer.probe(this.peer, withinMs, one);
    return hedgedDial(redial, backoff.options.connectTimeoutMs, signal);
  }

  async #readmit(signal: AbortSignal): Promise<number> {
    const { admission, expiresAt } = await this.#options.dialer.readmit(
      this.peer,
      READMIT_TIMEOUT_MS,
      signal,
    );
    this.services = admission.services;
    this.attributes = admission.attributes;
    this.registryNamespace = admission.registryNamespace;
    return expiresAt;
  }

  #failed(reason: RpcError): RpcError {
    // observers and failed calls may start the next attempt
    this.#attempt = undefined;
    if (this.#state === "closed") return closedError();
    const error = this.#retired.size > 0 ? peerDrainingError(reason) : reason;
    this.#lastError = error;
    this.#options.backoff.failed();
    this.#setState("disconnected", error);
    this.#pending.fail(error);
    return error;
  }

  #connected({ connection, admission, expiresAt }: DialedPeer): void {
    this.connection = connection;
    this.peer = connection.peer;
    this.#renewal.admitted(expiresAt);
    this.services = admission.services;
    this.attributes = admission.attributes;
    this.registryNamespace = admission.registryNamespace;
    this.epoch += 1;
    this.#connectedAt = now();
    this.#lastError = undefined;
    this.#watch(connection);
    this.#setState("connected");
    this.#pending.attach(connection);
  }

  #setState(state: ClientState, error?: RpcError): void {
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    this.#options.log?.changed(this.peer, state, error);
    // an observer that fails must not prevent the reconnection
    runCallback(
      () => this.#onStateChange(state, error),
      (cause) => printFailure("onStateChange failed", cause),
    );
  }
}
