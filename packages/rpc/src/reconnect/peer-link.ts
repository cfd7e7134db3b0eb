import {
  type Channel,
  type ChannelSink,
  type Connection,
  type ConnectionStats,
  ResetCode,
  TransportError,
} from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { closedError } from "../client/call-failure.ts";
import { RpcError } from "../error.ts";
import type { Dialled } from "../peer/dial.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, now, setTimer, type Timer } from "../time/clock.ts";
import type { Backoff } from "./backoff.ts";
import type { ClientState } from "./client-state.ts";
import { type Dial, hedgedDial } from "./hedged-dial.ts";
import { LifeSigns } from "./life-signs.ts";
import { PendingChannel, type Waiting } from "./pending-channel.ts";

export interface ClientLinkOptions {
  /** Dials the peer again, within this time, and is admitted again. */
  readonly redial: Dial;
  readonly backoff: Backoff;
  /** Whether a call makes an attempt when there is no connection; otherwise it fails at once. */
  readonly reconnects: boolean;
  readonly onStateChange: (state: ClientState, error: RpcError | undefined) => void;
}

const MAX_WAITING = 65_536;

/** What a client has of its peer: one connection at a time, and after its loss, when a call needs it, the next. */
export class ClientLink implements Waiting {
  /** Another one whenever `connection` is another. */
  epoch = 0;
  /** Undefined when there is none; the one that is lost when calls make no other. */
  connection: Connection | undefined;
  /** What the peer offered when it admitted us last. */
  services: readonly AdmittedService[];
  attributes: Readonly<Record<string, string>>;
  readonly peer: string;
  /** Fulfils when the client is closed. */
  readonly closed: Promise<TransportError>;
  readonly #options: ClientLinkOptions;
  readonly #waiting = new Set<PendingChannel>();
  readonly #retired = new Set<Connection>();
  #settleClosed: (error: TransportError) => void = () => {};
  #signs: LifeSigns | undefined;
  #state: ClientState = "connected";
  #refusing = false;
  #connectedAt = now();
  #timer: Timer | undefined;
  #attempt: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(dialled: Dialled, options: ClientLinkOptions) {
    this.#options = options;
    this.peer = dialled.connection.peer;
    this.connection = dialled.connection;
    this.services = dialled.admission.services;
    this.attributes = dialled.admission.attributes;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.#watch(dialled.connection);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** From now on new calls are refused; those that run or wait for a connection go on. */
  refuse(): void {
    this.#refusing = true;
    this.epoch += 1;
  }

  /** Throws FAILED_PRECONDITION when the client is closed, or about to be. */
  checkOpen(): void {
    if (!this.#refusing) return;
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      "this client is closed: connect a new one with AsterClient.connect",
      { details: { reason: "client.closed" } },
    );
  }

  connectionStats(): ConnectionStats {
    return this.connection?.stats() ?? { channels: 0, sentBytes: 0, receivedBytes: 0, rttMs: 0 };
  }

  /** Channels that are open now on any connection, or wait for one. */
  get channels(): number {
    let channels = this.#waiting.size + (this.connection?.stats().channels ?? 0);
    for (const connection of this.#retired) channels += connection.stats().channels;
    return channels;
  }

  /** A call begins on the connection of now. */
  begun(): void {
    this.#signs?.watch();
  }

  /** A channel for when there is a connection, which is now being made. */
  wait(opener: Connection, sink: ChannelSink, check: () => void): Channel {
    this.checkOpen();
    if (this.#waiting.size >= MAX_WAITING) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `${MAX_WAITING} calls wait for a connection already`,
      );
    }
    const channel = new PendingChannel(opener, sink, check, this);
    this.#waiting.add(channel);
    this.#attemptInTime();
    return channel;
  }

  left(channel: PendingChannel): void {
    this.#waiting.delete(channel);
    if (this.#waiting.size === 0) this.#stopTimer();
  }

  /** Makes an attempt at once; one under way counts if it succeeds. Rejects with why the attempt failed. */
  async reconnectNow(): Promise<void> {
    this.checkOpen();
    await this.#attempt?.done.catch(() => this.checkOpen());
    if (this.#state === "connected") return;
    this.#stopTimer();
    await this.#connect();
  }

  /** The peer takes no more calls on this connection. What runs on it goes on. */
  retire(connection: Connection): void {
    if (connection !== this.connection || !this.#options.reconnects) return;
    this.#retired.add(connection);
    this.#lose(new RpcError(StatusCode.UNAVAILABLE, "the peer is draining"));
  }

  /** Resolves when the peer has been told, as far as it listens. */
  async close(reason: string): Promise<void> {
    if (this.#state === "closed") return;
    const { connection } = this;
    this.refuse();
    this.connection = undefined;
    this.#stopTimer();
    this.#signs?.close();
    this.#setState("closed");
    this.#attempt?.abort.abort();
    this.#failWaiting(closedError());
    const open = connection === undefined ? [...this.#retired] : [connection, ...this.#retired];
    for (const one of open) one.close(ResetCode.NoError, reason);
    this.#settleClosed(new TransportError("closed", "the client was closed"));
    await Promise.all(open.map(({ closed }) => closed));
  }

  #watch(connection: Connection): void {
    if (this.#options.reconnects) {
      this.#signs = new LifeSigns(connection, {
        dial: (signal) => this.#dialInTime(signal),
        replace: (dialled) => this.#replace(connection, dialled),
      });
    }
    void connection.closed.then((error) => {
      this.#retired.delete(connection);
      if (connection === this.connection) this.#lose(RpcError.from(error));
    });
  }

  /** The peer is there, but knows nothing of its old connection any more. */
  #replace(old: Connection, dialled: Dialled): void {
    this.#lose(
      new RpcError(
        StatusCode.UNAVAILABLE,
        "the peer has not answered, and does on a new connection",
        {
          details: { reason: "transport.timeout" },
        },
      ),
    );
    this.#connected(dialled);
    old.close(ResetCode.Cancelled, "the peer no longer answers on it");
  }

  #lose(error: RpcError): void {
    const at = now();
    this.#signs?.close();
    this.#signs = undefined;
    this.#options.backoff.lost(at - this.#connectedAt, at);
    if (this.#options.reconnects) {
      this.connection = undefined;
      this.epoch += 1;
    }
    this.#setState("disconnected", error);
  }

  #attemptInTime(): void {
    if (this.#attempt !== undefined || this.#timer !== undefined) return;
    const waitMs = this.#options.backoff.remainingMs(now());
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
    let dialled: Dialled;
    try {
      dialled = await this.#dialInTime(signal);
    } catch (cause) {
      throw this.#failed(RpcError.from(cause));
    }
    this.#attempt = undefined;
    if (this.#state === "closed") {
      dialled.connection.close(ResetCode.NoError, "normal close");
      throw closedError();
    }
    this.#connected(dialled);
  }

  #dialInTime(signal: AbortSignal): Promise<Dialled> {
    const { redial, backoff } = this.#options;
    return hedgedDial(redial, backoff.options.connectTimeoutMs, signal);
  }

  #failed(reason: RpcError): RpcError {
    // whoever is told now may want the next one
    this.#attempt = undefined;
    if (this.#state === "closed") return closedError();
    const error = this.#retired.size > 0 ? drainingError(reason) : reason;
    this.#options.backoff.failed();
    this.#setState("disconnected", error);
    this.#failWaiting(error);
    return error;
  }

  #connected({ connection, admission }: Dialled): void {
    this.connection = connection;
    this.services = admission.services;
    this.attributes = admission.attributes;
    this.epoch += 1;
    this.#connectedAt = now();
    this.#watch(connection);
    this.#setState("connected");
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const channel of waiting) {
      try {
        channel.check();
        channel.attach(connection);
      } catch (error) {
        channel.fail(carrying(RpcError.from(error)));
      }
    }
  }

  #failWaiting(error: RpcError): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const channel of waiting) channel.fail(carrying(error));
  }

  #setState(state: ClientState, error?: RpcError): void {
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    try {
      this.#options.onStateChange(state, error);
    } catch {
      // an observer that fails must not keep us from the peer
    }
  }
}

/** The peer is about to leave, and nobody has taken its place so far. */
function drainingError(cause: RpcError): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "draining: the peer takes no more calls", {
    cause,
    details: { reason: "draining" },
  });
}

/** Sinks are told transport errors; `RpcError.from` finds the error within again. */
function carrying(error: RpcError): TransportError {
  return new TransportError("closed", error.message, { cause: error });
}
