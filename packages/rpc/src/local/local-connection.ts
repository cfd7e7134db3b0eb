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
  readonly trusted = true;
  readonly closed: Promise<TransportError>;
  readonly other: LocalConnection;
  /** Each knows its place here: entries of a `Set` that come and go make the collector keep dead ones. */
  readonly #channels: LocalChannel[] = [];
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
    return { channels: this.#channels.length, sentBytes: 0, receivedBytes: 0, rttMs: 0 };
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
    channel.slot = this.#channels.length;
    this.#channels.push(channel);
  }

  /** A channel that was kept is over. */
  forget(channel: LocalChannel): void {
    const last = this.#channels.pop() as LocalChannel;
    if (last === channel) return;
    this.#channels[channel.slot] = last;
    last.slot = channel.slot;
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
