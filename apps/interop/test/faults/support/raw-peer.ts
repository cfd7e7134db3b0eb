import { RPC_ALPN } from "@aster/rpc/server";
import {
  type Channel,
  type Connection,
  FrameFlag,
  FrameSplitter,
  type Node,
  type TransportError,
} from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";

/** One stream of a raw peer, which records the answer. */
export class RawStream {
  readonly channel: Channel;
  readonly flags: number[] = [];
  readonly stops: number[] = [];
  /** Resolves when the server has ended or reset the stream, or the connection is lost. */
  readonly ending: Promise<"ended" | TransportError>;
  readonly #splitter = new FrameSplitter();

  constructor(connection: Connection, bytes: Uint8Array) {
    let settle: (ending: "ended" | TransportError) => void = () => {};
    this.ending = new Promise((resolve) => {
      settle = resolve;
    });
    this.channel = connection.open({
      frame: (_, piece) => this.#splitter.push(piece, (flags) => this.flags.push(flags)),
      end: () => settle("ended"),
      malformed: settle,
      stopped: (code) => this.stops.push(code),
      closed: settle,
    });
    this.send(bytes);
  }

  send(bytes: Uint8Array): void {
    if (bytes.length > 0) this.channel.send(0, bytes);
  }

  /** True if a status has arrived. */
  get answered(): boolean {
    return this.flags.some((flags) => (flags & FrameFlag.Trailer) !== 0);
  }
}

/** A peer that sends arbitrary bytes to a server. */
export class RawPeer implements AsyncDisposable {
  readonly #node: Node;
  readonly #address: string;
  connection: Connection;

  private constructor(node: Node, address: string, connection: Connection) {
    this.#node = node;
    this.#address = address;
    this.connection = connection;
  }

  static async at(address: string): Promise<RawPeer> {
    const node = await loopbackNode();
    return new RawPeer(node, address, await node.connect(address, RPC_ALPN, { raw: true }));
  }

  /** Opens a stream and sends the bytes. */
  open(bytes: Uint8Array): RawStream {
    return new RawStream(this.connection, bytes);
  }

  /** Opens a new connection, after the server has closed the last one. */
  async reconnect(): Promise<void> {
    this.connection = await this.#node.connect(this.#address, RPC_ALPN, { raw: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#node.close();
  }
}
