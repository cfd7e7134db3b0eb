import type { Channel, ChannelSink, Connection } from "@aster/transport";

/**
 * A channel of a {@link WrappedConnection}. It passes everything on to the wrapped channel; extend
 * it to change that.
 */
export class WrappedChannel implements Channel {
  readonly connection: Connection;
  readonly #inner: Channel;

  constructor(inner: Channel, connection: Connection) {
    this.#inner = inner;
    this.connection = connection;
  }

  read(sink: ChannelSink): void {
    this.#inner.read(sink);
  }

  send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    return this.#inner.send(flags, payload, end);
  }

  end(): void {
    this.#inner.end();
  }

  measureUnsent(): Promise<number> {
    return this.#inner.measureUnsent?.() ?? Promise.resolve(0);
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
