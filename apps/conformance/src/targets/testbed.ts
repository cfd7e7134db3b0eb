import {
  AsterClient,
  type AsterClientOptions,
  AsterServer,
  type AsterServerOptions,
  openGate,
} from "@aster/rpc";
import type { NodeOptions } from "@aster/transport";
import { loopbackPair, memoryPair, type NodePair } from "@aster/transport/testing";
import type { Mode } from "../raw/protocol.ts";

export interface ConnectedPairOptions {
  readonly server: Omit<AsterServerOptions, "node">;
  readonly client?: Omit<AsterClientOptions, "node">;
  /** Options of both nodes. The memory transport has none. */
  readonly node?: Omit<NodeOptions, "secretKey" | "bindAddress">;
}

/** A server and a client that is connected to it. Closing the pair closes both and their nodes. */
export interface ConnectedPair extends AsyncDisposable {
  readonly nodes: NodePair;
  readonly client: AsterClient;
  readonly server: AsterServer;
  /**
   * Starts another server with the same key and address, after the first one has been drained or
   * closed.
   */
  replace(options: Omit<AsterServerOptions, "node">): Promise<AsterServer>;
}

/** Makes nodes, servers and clients for script rows, in one mode over one transport. */
export interface Testbed {
  readonly transport: "memory" | "quic";
  readonly mode: Mode;
  /** Returns nodes on which nothing runs yet. */
  nodes(): Promise<NodePair>;
  connect(options: ConnectedPairOptions): Promise<ConnectedPair>;
}

export function testbedOf(transport: Testbed["transport"], mode: Mode): Testbed {
  const nodes = transport === "quic" ? loopbackPair : memoryPair;
  return {
    transport,
    mode,
    nodes: () => nodes(),
    connect: (options) => connectedPair(transport, options),
  };
}

async function connectedPair(
  transport: Testbed["transport"],
  { server: serverOptions, client: clientOptions = {}, node = {} }: ConnectedPairOptions,
): Promise<ConnectedPair> {
  const nodes = await (transport === "quic" ? loopbackPair(node) : memoryPair());
  const servers: AsterServer[] = [];
  const start = async (options: Omit<AsterServerOptions, "node">) => {
    const gate = openGate({ production: true });
    const quiet = { onError: () => {} };
    const server = await AsterServer.start({ gate, ...quiet, ...options, node: nodes.server });
    servers.push(server);
    return server;
  };
  const close = async () => {
    await Promise.all(servers.map((server) => server.close({ graceMs: 0 })));
    await nodes[Symbol.asyncDispose]();
  };
  try {
    const server = await start(serverOptions);
    const client = await AsterClient.connect(server.address, {
      ...clientOptions,
      node: nodes.client,
    });
    return {
      nodes,
      client,
      server,
      replace: start,
      async [Symbol.asyncDispose]() {
        await client.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
