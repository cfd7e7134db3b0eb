// For tests: nodes that meet without relays, discovery or any machine but this one.
import { createNode, type NodeOptions } from "./create-node.ts";
import { memoryNetwork } from "./memory/network.ts";
import type { Node } from "./node.ts";

/** Two nodes, of which the client can dial the server's address. Closing the pair closes both; `await using` does. */
export interface NodePair extends AsyncDisposable {
  readonly client: Node;
  readonly server: Node;
}

/** A pair in memory: no socket is opened, and neither node keeps the process alive. */
export async function memoryPair(): Promise<NodePair> {
  const network = memoryNetwork();
  return paired(await network.createNode(), await network.createNode());
}

/**
 * A QUIC node that only this machine reaches: on a free port of 127.0.0.1, without relays and discovery unless told
 * otherwise. Whoever asks for it closes it. Rejects as {@link createNode} does.
 */
export function loopbackNode(options: NodeOptions = {}): Promise<Node> {
  return createNode({ bindAddress: "127.0.0.1:0", network: "none", ...options });
}

/**
 * A pair over QUIC on 127.0.0.1. `options` hold for both nodes.
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
