// A server and a client whose frames are logged, over memory and QUIC.
import { AsterClient, AsterServer } from "@aster/rpc";
import { WrappedChannel, WrappedConnection, wrapNode } from "@aster/rpc/testing";
import { type Channel, type ChannelSink, FrameFlag } from "@aster/transport";
import { loopbackPair, memoryPair } from "@aster/transport/testing";
import { openGate } from "@aster/trust";

export type Transport = "memory" | "quic";
export const transports: readonly Transport[] = ["memory", "quic"];

/** A frame that carries a message. */
export interface SentMessage {
  readonly from: "client" | "server";
  readonly compressed: boolean;
  /** The bytes of the payload. */
  readonly bytes: number;
}

export interface WatchedPair extends AsyncDisposable {
  readonly server: AsterServer;
  readonly client: AsterClient;
  /** The messages of all channels, in the order in which the client sent and received them. */
  readonly messages: SentMessage[];
}

const OTHER_FRAMES =
  FrameFlag.Header | FrameFlag.Trailer | FrameFlag.RowSchema | FrameFlag.Call | FrameFlag.Cancel;

export async function watchedPair(
  transport: Transport,
  serverOptions: Parameters<typeof AsterServer.start>[0],
  clientOptions: Parameters<typeof AsterClient.connect>[1] = {},
): Promise<WatchedPair> {
  const nodes = await (transport === "quic" ? loopbackPair() : memoryPair());
  const server = await AsterServer.start({
    ...serverOptions,
    identity: false,
    gate: openGate(),
    node: nodes.server,
  });
  const messages: SentMessage[] = [];
  const node = wrapNode(nodes.client, (connection) => new WatchedConnection(connection, messages));
  const client = await AsterClient.connect(server.address, {
    ...clientOptions,
    identity: false,
    node,
  });
  return {
    server,
    client,
    messages,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ graceMs: 0 });
      await nodes[Symbol.asyncDispose]();
    },
  };
}

class WatchedConnection extends WrappedConnection {
  readonly #messages: SentMessage[];

  constructor(inner: ConstructorParameters<typeof WrappedConnection>[0], messages: SentMessage[]) {
    super(inner);
    this.#messages = messages;
  }

  override open(sink: ChannelSink): Channel {
    const record = (from: SentMessage["from"], flags: number, { length }: Uint8Array): void => {
      if ((flags & OTHER_FRAMES) !== 0) return;
      const compressed = (flags & FrameFlag.Compressed) !== 0;
      this.#messages.push({ from, compressed, bytes: length });
    };
    const inner = super.open({
      frame(flags, payload) {
        record("server", flags, payload);
        sink.frame(flags, payload);
      },
      end: () => sink.end(),
      malformed: (error) => sink.malformed(error),
      stopped: (code) => sink.stopped(code),
      closed: (error) => sink.closed(error),
    });
    return new WatchedChannel(inner, this, record);
  }
}

class WatchedChannel extends WrappedChannel {
  readonly #record: (from: "client", flags: number, payload: Uint8Array) => void;

  constructor(
    inner: Channel,
    connection: WrappedConnection,
    record: (from: "client", flags: number, payload: Uint8Array) => void,
  ) {
    super(inner, connection);
    this.#record = record;
  }

  override send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    this.#record("client", flags, payload);
    return super.send(flags, payload, end);
  }
}
