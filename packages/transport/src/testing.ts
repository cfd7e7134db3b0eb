// For tests: nodes that need no relay, no discovery and no other machine.
import { createNode, type NodeOptions } from "./create-node.ts";
import { memoryNetwork } from "./memory/network.ts";
import type { Node } from "./node.ts";

/**
 * Two nodes. The client can dial the address of the server. The dispose of the pair closes both.
 */
export interface NodePair extends AsyncDisposable {
  readonly client: Node;
  readonly server: Node;
}

/** Returns a pair in memory. It opens no socket and does not keep the process alive. */
export async function memoryPair(): Promise<NodePair> {
  const network = memoryNetwork();
  return paired(await network.createNode(), await network.createNode());
}

/**
 * Returns a QUIC node that only this machine can reach: on a free port of 127.0.0.1, without relays
 * and discovery, unless `options` say otherwise. The caller closes it. Rejects as
 * {@link createNode} does.
 */
export function loopbackNode(options: NodeOptions = {}): Promise<Node> {
  return createNode({ bindAddress: "127.0.0.1:0", network: "none", ...options });
}

/**
 * Returns a pair over QUIC on 127.0.0.1. `options` apply to both nodes.
 * Rejects as {@link createNode} does, with neither node open.
 */
export async function loopbackPair(
  options: Omit<NodeOptions, "secretKey" | "bindAddress"> = {},
): Promise<NodePair> {
  const client = await loopbackNode(options);
  try {
    return paired(client, await loopbackNode(options));
  } catch (error) {
    await client.close();
    throw error;
  }
}

function paired(client: Node, server: Node): NodePair {
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), server.close()]);
    },
  };
}
