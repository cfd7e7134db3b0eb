// The connections between a client and a server, so that one test runs over all of them.
import { type Client, createLocalClient, type Session } from "@aster/rpc";
import {
  type ClientOptions,
  createSession,
  type ServiceReference,
  type SessionOptions,
} from "@aster/rpc/client";
import { Server, type ServerOptions } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { inProcessConnection } from "@aster/transport";

export interface ConnectedPair extends AsyncDisposable {
  client<T extends ServiceReference>(service: T, options?: ClientOptions): Client<T>;
  session<T extends ServiceReference>(service: T, options?: SessionOptions): Promise<Session<T>>;
  /** Ends the connection of the client, as its crash would. */
  disconnect(): void;
  readonly server: Server;
  /** Calls whose handlers have not returned. */
  calls(): number;
}

export interface PairKind {
  readonly name: string;
  open(options: ServerOptions): Promise<ConnectedPair>;
}

async function paired(
  transport: "memory" | "quic",
  options: ServerOptions,
): Promise<ConnectedPair> {
  const pair = await servicePair({ ...options, transport });
  return {
    client: (service, clientOptions) => pair.client.client(service, clientOptions),
    session: (service, sessionOptions) => pair.client.session(service, sessionOptions),
    disconnect: () => void pair.client.node.close(),
    server: pair.server.server,
    calls: () => pair.server.stats().calls,
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}

export const local: PairKind = {
  name: "local",
  async open(options) {
    const server = new Server(options);
    const connection = inProcessConnection();
    server.handle(connection.server);
    return {
      client: (service, clientOptions) => createLocalClient(service, server, clientOptions),
      session: async (service, sessionOptions) =>
        createSession(service, connection.client, sessionOptions),
      disconnect: () => connection.client.close(),
      server,
      calls: () => server.stats().calls,
      [Symbol.asyncDispose]: async () => server.close(),
    };
  },
};

export const memory: PairKind = {
  name: "memory",
  open: (options) => paired("memory", options),
};

export const quic: PairKind = {
  name: "quic",
  open: (options) => paired("quic", options),
};

export const pairs: readonly PairKind[] = [local, memory, quic];

/** All pairs in both modes. */
export const ways: readonly { pair: PairKind; mode: "xlang" | "json"; title: string }[] =
  pairs.flatMap((pair) =>
    (["xlang", "json"] as const).map((mode) => ({ pair, mode, title: `${pair.name} ${mode}` })),
  );
