import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import type { ClientLink } from "./peer-link.ts";

/** Throws why calls must not be made to a peer that offers these services. */
export type OfferCheck = (services: readonly AdmittedService[]) => void;

/**
 * The connection that calls of one service see: always the present one of the client. A call that comes while there is
 * none waits for the next.
 */
export class ClientConnection implements Connection {
  readonly alpn: string;
  readonly side = "client";
  readonly #link: ClientLink;
  readonly #check: OfferCheck;
  #epoch: number;
  #current: Connection | undefined;

  /** The offer of now has been checked already. */
  constructor(link: ClientLink, alpn: string, check: OfferCheck) {
    this.#link = link;
    this.alpn = alpn;
    this.#check = check;
    this.#epoch = link.epoch;
    this.#current = link.connection;
  }

  get peer(): string {
    return this.#link.peer;
  }

  /** The client has been closed by its owner. */
  get over(): boolean {
    return this.#link.state === "closed";
  }

  get closed(): Promise<TransportError> {
    return this.#link.closed;
  }

  /** Throws `RpcError` when the client is closed, or the peer has come back with another contract. */
  open(sink: ChannelSink): Channel {
    if (this.#epoch !== this.#link.epoch) this.#renew();
    if (this.#current === undefined) {
      return this.#link.wait(this, sink, () => this.#check(this.#link.services));
    }
    this.#link.begun();
    return this.#current.open(sink);
  }

  // servers open no channels
  accept(): void {}

  stats(): ConnectionStats {
    return this.#link.connectionStats();
  }

  // the client closes it, for all services together
  close(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** The server takes no more calls on the connection of this channel: the next ones go to a new one. */
  retire(channel: Channel | undefined): void {
    const used = channel?.connection;
    if (used === this.#current && used !== undefined) this.#link.retire(used);
  }

  #renew(): void {
    const { epoch, connection, services } = this.#link;
    this.#link.checkOpen();
    if (connection !== undefined) this.#check(services);
    this.#current = connection;
    this.#epoch = epoch;
  }
}
