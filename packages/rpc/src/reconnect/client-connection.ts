import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import type { Wait } from "../client/call-failure.ts";
import type { Renewal } from "../client/call-target.ts";
import type { HeldCalls } from "../client/held-calls.ts";
import type { PeerLink } from "./peer-link.ts";

/** Throws when calls must not be made to a peer that offers these services. */
export type OfferCheck = (services: readonly AdmittedService[]) => void;

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
  #current: Connection | undefined;

  /** The caller has already checked the current offer. */
  constructor(link: PeerLink, alpn: string, check: OfferCheck) {
    this.#link = link;
    this.alpn = alpn;
    this.#check = check;
    this.#epoch = link.epoch;
    this.#current = link.connection;
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

  /** Throws `RpcError` when the client is closed, or the peer came back with another contract. */
  open(sink: ChannelSink): Channel {
    if (this.#epoch !== this.#link.epoch) this.#renew();
    if (this.#current === undefined) {
      return this.#link.wait(this, sink, () => this.#check(this.#link.services));
    }
    this.#link.callBegins();
    return this.#current.open(sink);
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

  waitOf(channel: Channel | undefined): Wait | undefined {
    return this.#link.waitOf(channel);
  }

  #renew(): void {
    const { epoch, connection, services } = this.#link;
    this.#link.checkOpen();
    if (connection !== undefined) this.#check(services);
    this.#current = connection;
    this.#epoch = epoch;
  }
}
