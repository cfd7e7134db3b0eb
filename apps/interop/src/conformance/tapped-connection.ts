import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";
import { currentWire, type Wire } from "./observer.ts";

/** A server's side of a connection, that notes the flags of what goes by and tells them to the handlers. */
export class TappedConnection implements Connection {
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

  get closed(): Promise<TransportError> {
    return this.#inner.closed;
  }

  open(sink: ChannelSink): Channel {
    return this.#inner.open(sink);
  }

  accept(handler: (channel: Channel) => void): void {
    this.#inner.accept((channel) => handler(new TappedChannel(channel, this)));
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

class TappedChannel implements Channel {
  readonly connection: Connection;
  readonly #inner: Channel;
  readonly #wire: Wire = { read: [], written: [] };

  constructor(inner: Channel, connection: Connection) {
    this.#inner = inner;
    this.connection = connection;
  }

  read(sink: ChannelSink): void {
    const wire = this.#wire;
    this.#inner.read({
      frame: (flags, payload) => {
        wire.read.push(flags);
        currentWire.run(wire, () => sink.frame(flags, payload));
      },
      end: () => currentWire.run(wire, () => sink.end()),
      malformed: (error) => sink.malformed(error),
      stopped: (code) => sink.stopped(code),
      closed: (error) => sink.closed(error),
    });
  }

  send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    this.#wire.written.push(flags);
    return this.#inner.send(flags, payload, end);
  }

  end(): void {
    this.#inner.end();
  }

  drained(): Promise<void> {
    return this.#inner.drained();
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  reset(code: number): void {
    this.#inner.reset(code);
  }

  stop(code: number): void {
    this.#inner.stop(code);
  }
}
