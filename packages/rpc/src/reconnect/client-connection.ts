import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import type { BoundMethod } from "../client/bound-method.ts";
import type { Wait } from "../client/call-failure.ts";
import type { Renewal } from "../client/call-target.ts";
import type { HeldCalls } from "../client/held-calls.ts";
import type { ContractGate } from "../contract-check/contract-gate.ts";
import type { JudgedCall } from "../contract-check/judged-call.ts";
import { RpcError } from "../error.ts";
import type { ClientLog } from "../log/client-log.ts";
import type { WireMode } from "../protocol/mode.ts";
import type { RetryTokens } from "../retry/retry-tokens.ts";
import type { PeerLink } from "./peer-link.ts";

/**
 * Returns the gate of calls to a peer that offers these services, `undefined` if all calls can be
 * made. Throws when no call can be made.
 */
export type OfferCheck = (services: readonly AdmittedService[]) => ContractGate | undefined;

/** A call with its method, or a session with its mode. */
interface JudgedSink extends ChannelSink {
  readonly bound?: BoundMethod;
  readonly mode?: WireMode;
}

/**
 * The connection that the calls of one service use: always the current connection of the client. A
 * call that is made while there is none waits for the next.
 */
export class ClientConnection implements Connection, Renewal {
  readonly alpn: string;
  readonly side = "client";
  readonly #link: PeerLink;
  readonly #check: OfferCheck;
  #epoch: number;
  #gate: ContractGate | undefined;
  /** The connection, if calls need no gate. */
  #current: Connection | undefined;
  /** The gate of the methods of a session. */
  readonly #firstGate: ContractGate | undefined;

  /** Throws as `check` does for the current offer. */
  constructor(link: PeerLink, alpn: string, check: OfferCheck) {
    this.#link = link;
    this.alpn = alpn;
    this.#check = check;
    this.#epoch = link.epoch;
    this.#gate = check(link.services);
    this.#firstGate = this.#gate;
    this.#current = this.#gate === undefined ? link.connection : undefined;
  }

  get peer(): string {
    return this.#link.peer;
  }

  get over(): boolean {
    return this.#link.state === "closed";
  }

  get closed(): Promise<TransportError> {
    return this.#link.closed;
  }

  get held(): HeldCalls {
    return this.#link.held;
  }

  get retryTokens(): RetryTokens {
    return this.#link.retryTokens;
  }

  get log(): ClientLog | undefined {
    return this.#link.log;
  }

  /** Throws `RpcError` when the client is closed, or the peer came back with another contract. */
  open(sink: ChannelSink): Channel {
    if (this.#epoch !== this.#link.epoch) this.#renew();
    if (this.#current === undefined) return this.#openChecked(sink);
    this.#link.callBegins();
    return this.#current.open(sink);
  }

  openElsewhere(sink: ChannelSink): Channel | undefined {
    this.#link.checkOpen();
    const { spare } = this.#link;
    return spare !== undefined && this.#takesAll(spare.admission.services)
      ? spare.connection.open(sink)
      : undefined;
  }

  /** Returns `true` if a peer with this offer takes every call, without a gate. */
  #takesAll(services: readonly AdmittedService[]): boolean {
    try {
      return this.#check(services) === undefined;
    } catch {
      return false;
    }
  }

  /** Resolves when the methods of a session can be judged. */
  async ready(): Promise<void> {
    const { connection } = this.#link;
    if (connection !== undefined) await this.#gate?.ready(connection);
  }

  /** For sessions: the error of a method that the peer's contract does not permit. */
  refusalOf(call: JudgedCall): RpcError | undefined {
    const { connection } = this.#link;
    if (connection === undefined || !this.#gate?.isReady) return undefined;
    try {
      void this.#gate.admit(call, connection);
      return undefined;
    } catch (error) {
      return RpcError.from(error);
    }
  }

  // servers open no channels
  accept(): void {}

  stats(): ConnectionStats {
    return this.#link.connectionStats();
  }

  // the client closes the connection, for all services together
  close(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}

  retire(channel: Channel | undefined): void {
    const used = channel?.connection;
    if (used === this.#current && used !== undefined) this.#link.retire(used);
  }

  lapsed(): void {
    this.#link.lapsed();
  }

  waitOf(channel: Channel | undefined): Wait | undefined {
    return this.#link.waitOf(channel);
  }

  #renew(): void {
    const { epoch, connection, services } = this.#link;
    this.#link.checkOpen();
    if (connection !== undefined) this.#gate = this.#check(services);
    this.#current = this.#gate === undefined ? connection : undefined;
    this.#epoch = epoch;
  }

  #openChecked(sink: JudgedSink): Channel {
    const link = this.#link;
    const admit = (connection: Connection) => this.#admit(sink, connection);
    if (link.connection === undefined) return link.wait(this, sink, admit);
    link.callBegins();
    const waiting = this.#admit(sink, link.connection);
    if (waiting === undefined) return link.connection.open(sink);
    // nothing waits for it if too many channels wait already
    waiting.catch(() => {});
    return link.wait(this, sink, admit, waiting);
  }

  /** As {@link ContractGate.admit}, for the connection that the link has now. */
  #admit(sink: JudgedSink, connection: Connection): Promise<void> | undefined {
    if (this.#epoch !== this.#link.epoch) this.#renew();
    const gate = this.#gate;
    if (gate === undefined) return undefined;
    const { bound, mode } = sink;
    if (bound === undefined) {
      // its methods were judged by another gate
      if (gate !== this.#firstGate && mode !== undefined) return gate.admitAll(mode, connection);
      return gate.isReady ? undefined : gate.ready(connection);
    }
    if (bound.admittedBy === gate) return undefined;
    const waiting = gate.admit(bound, connection);
    if (waiting === undefined) bound.admittedBy = gate;
    return waiting;
  }
}
