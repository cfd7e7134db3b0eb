import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";

/**
 * A connection that passes everything on to a wrapped one. Extend it for use with {@link wrapNode}.
 */
export class WrappedConnection implements Connection {
  readonly #inner: Connection;

  constructor(inner: Connection) {
    this.#inner = inner;
  }

  get peer(): string {
    return this.#inner.peer;
  }

  get alpn(): string {
    return this.#inner.alpn;
  }

  get side(): "client" | "server" {
    return this.#inner.side;
  }

  get remoteAddress(): string | undefined {
    return this.#inner.remoteAddress;
  }

  get closed(): Promise<TransportError> {
    return this.#inner.closed;
  }

  open(sink: ChannelSink): Channel {
    return this.#inner.open(sink);
  }

  accept(handler: (channel: Channel) => void): void {
    this.#inner.accept(handler);
  }

  stats(): ConnectionStats {
    return this.#inner.stats();
  }

  close(code?: number, reason?: string): void {
    this.#inner.close(code, reason);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#inner[Symbol.asyncDispose]();
  }
}
