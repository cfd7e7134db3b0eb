import {
  AsterClient,
  type AsterClientOptions,
  AsterServer,
  type AsterServerOptions,
  openGate,
} from "@aster/rpc";
import type { NodeOptions } from "@aster/transport";
import { loopbackPair, memoryPair, type NodePair } from "@aster/transport/testing";
import type { Mode } from "./protocol.ts";

export interface MeetingOptions {
  readonly server: Omit<AsterServerOptions, "node">;
  readonly client?: Omit<AsterClientOptions, "node">;
  /** Of both nodes; memory has none. */
  readonly node?: Omit<NodeOptions, "secretKey" | "bindAddress">;
}

/** A server and a client that has met it. Closing the meeting closes all of it. */
export interface Meeting extends AsyncDisposable {
  readonly nodes: NodePair;
  readonly client: AsterClient;
  readonly server: AsterServer;
  /** Another server in the place of the first, which has been drained or closed: same key, same address. */
  replace(options: Omit<AsterServerOptions, "node">): Promise<AsterServer>;
}

/** Where scenes are played: what they open is in this mode, over this transport. */
export interface Stage {
  readonly transport: "memory" | "quic";
  readonly mode: Mode;
  /** Nodes that nothing runs on yet. */
  nodes(): Promise<NodePair>;
  meet(options: MeetingOptions): Promise<Meeting>;
}

export function stageOf(transport: Stage["transport"], mode: Mode): Stage {
  const nodes = transport === "quic" ? loopbackPair : memoryPair;
  return { transport, mode, nodes: () => nodes(), meet: (options) => meet(transport, options) };
}

async function meet(
  transport: Stage["transport"],
  { server: serverOptions, client: clientOptions = {}, node = {} }: MeetingOptions,
): Promise<Meeting> {
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
