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

export interface Link extends AsyncDisposable {
  client<T extends ServiceReference>(service: T, options?: ClientOptions): Client<T>;
  session<T extends ServiceReference>(service: T, options?: SessionOptions): Promise<Session<T>>;
  /** Ends the connection of the client, as its crash would. */
  disconnect(): void;
  readonly server: Server;
  /** Calls whose handlers have not returned. */
  calls(): number;
}

export interface LinkKind {
  readonly name: string;
  open(options: ServerOptions): Promise<Link>;
}

async function paired(transport: "memory" | "quic", options: ServerOptions): Promise<Link> {
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

export const local: LinkKind = {
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

export const memory: LinkKind = {
  name: "memory",
  open: (options) => paired("memory", options),
};

export const quic: LinkKind = {
  name: "quic",
  open: (options) => paired("quic", options),
};

export const links: readonly LinkKind[] = [local, memory, quic];

/** All links in both modes. */
export const ways: readonly { link: LinkKind; mode: "xlang" | "json"; title: string }[] =
  links.flatMap((link) =>
    (["xlang", "json"] as const).map((mode) => ({ link, mode, title: `${link.name} ${mode}` })),
  );
