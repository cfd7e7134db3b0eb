import {
  type Channel,
  type ChannelSink,
  type Connection,
  type ConnectionStats,
  TransportError,
} from "@aster/transport";
import { LocalChannel } from "./local-channel.ts";

export interface LocalConnectionOptions {
  /** Payloads are handed over as they are instead of being copied. */
  readonly passesValues: boolean;
}

const CHANNEL_ALPN = "aster/local";
/** There is no key behind a local peer. */
const LOCAL_PEER = "0".repeat(64);

/** One side of a connection within one program: no socket, no node, no key. */
export class LocalConnection implements Connection {
  readonly peer: string = LOCAL_PEER;
  readonly alpn: string = CHANNEL_ALPN;
  readonly side: "client" | "server";
  readonly passesValues: boolean;
  readonly closed: Promise<TransportError>;
  readonly other: LocalConnection;
  readonly #channels = new Set<LocalChannel>();
  #settle: (error: TransportError) => void = () => {};
  #handler: ((channel: Channel) => void) | undefined;
  #ended: TransportError | undefined;

  /** Makes both sides; the result is the client's. */
  constructor(options: LocalConnectionOptions, other?: LocalConnection) {
    this.side = other === undefined ? "client" : "server";
    this.passesValues = options.passesValues;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.other = other ?? new LocalConnection(options, this);
  }

  open(sink: ChannelSink): Channel {
    const [mine, theirs] = LocalChannel.pair(this, this.other);
    mine.read(sink);
    if (this.#ended !== undefined) {
      mine.lose(this.#ended);
      return mine;
    }
    this.other.#arrive(theirs);
    return mine;
  }

  accept(handler: (channel: Channel) => void): void {
    this.#handler = handler;
  }

  stats(): ConnectionStats {
    return { channels: this.#channels.size, sentBytes: 0, receivedBytes: 0, rttMs: 0 };
  }

  close(code = 0, reason = ""): void {
    const text = `the local connection was closed${reason && `: ${reason}`}`;
    const error = new TransportError("closed", text, { applicationCode: code });
    this.#end(error);
    this.other.#end(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** A channel is in use. */
  keep(channel: LocalChannel): void {
    this.#channels.add(channel);
  }

  /** A channel is over. */
  forget(channel: LocalChannel): void {
    this.#channels.delete(channel);
  }

  #arrive(channel: LocalChannel): void {
    this.#handler?.(channel);
  }

  #end(error: TransportError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    for (const channel of [...this.#channels]) channel.lose(error);
    this.#settle(error);
  }
}
