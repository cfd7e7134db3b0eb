import type {
  Channel,
  ChannelSink,
  Connection,
  ConnectionStats,
  TransportError,
} from "@aster/transport";
import type { Frame, Tamper, TamperMaker } from "./tamper.ts";

/** One side of a connection with somebody in its channels. */
export class TamperedConnection implements Connection {
  readonly peer: string;
  readonly alpn: string;
  readonly side: "client" | "server";
  readonly closed: Promise<TransportError>;
  readonly #inner: Connection;
  readonly #maker: TamperMaker;

  constructor(inner: Connection, maker: TamperMaker) {
    this.#inner = inner;
    this.#maker = maker;
    this.peer = inner.peer;
    this.alpn = inner.alpn;
    this.side = inner.side;
    this.closed = inner.closed;
  }

  open(sink: ChannelSink): Channel {
    const tamper = this.#maker();
    return new TamperedChannel(this.#inner.open(tamperedSink(sink, tamper)), this, tamper);
  }

  accept(handler: (channel: Channel) => void): void {
    this.#inner.accept((channel) => handler(new TamperedChannel(channel, this, this.#maker())));
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

function tamperedSink(sink: ChannelSink, tamper: Tamper): ChannelSink {
  const tell = (frames: readonly Frame[]) => {
    for (const { flags, payload } of frames) sink.frame(flags, payload);
  };
  const end = () => {
    if (tamper.neverEnds) return;
    tell(tamper.beforeEnd?.() ?? []);
    sink.end();
  };
  return {
    frame(flags, payload) {
      const frame = { flags, payload };
      tell(tamper.receive?.(frame) ?? [frame]);
    },
    end,
    malformed(error) {
      if (tamper.alwaysEnds) end();
      else sink.malformed(error);
    },
    stopped(code) {
      if (!tamper.deaf) sink.stopped(code);
    },
    closed(error) {
      if (tamper.alwaysEnds) end();
      else if (!tamper.deaf) sink.closed(error);
    },
  };
}

class TamperedChannel implements Channel {
  readonly connection: Connection;
  readonly #inner: Channel;
  readonly #tamper: Tamper;

  constructor(inner: Channel, connection: Connection, tamper: Tamper) {
    this.#inner = inner;
    this.connection = connection;
    this.#tamper = tamper;
  }

  read(sink: ChannelSink): void {
    this.#inner.read(tamperedSink(sink, this.#tamper));
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    const frame = { flags, payload };
    let room = true;
    for (const one of this.#tamper.send?.(frame) ?? [frame]) {
      room = this.#inner.send(one.flags, one.payload);
    }
    if (end) this.#inner.end();
    return room;
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
