import { RpcError } from "@aster/rpc";
import { createNode, type Node, type NodeOptions } from "@aster/transport";
import type { CommandContext } from "../command/context.ts";
import { Failure, interruption } from "../command/failure.ts";
import { failureOf } from "../command/failure-of.ts";
import { connectTo, networkOf } from "../peer/connect.ts";
import type { PeerOptions } from "../peer/options.ts";
import { peerOf } from "./registry-text.ts";

/** Opens a node that no peer can reach, for the work, and closes it. Throws failures. */
export async function withNode<T>(
  context: CommandContext,
  options: Pick<NodeOptions, "protocols" | "storage" | "network">,
  work: (node: Node) => Promise<T>,
): Promise<T> {
  const { network } = networkOf(context);
  return await working(context, async () => {
    const node = await createNode({
      ...(network === undefined ? {} : { network }),
      closed: true,
      ...options,
    });
    try {
      return await work(node);
    } finally {
      await node.close();
    }
  });
}

/**
 * Opens such a node to read from a peer. If the command line names a credential or identity, the
 * node presents it to the peer first, because a peer with a gate serves admitted nodes only.
 */
export async function withPeerNode<T>(
  context: CommandContext,
  address: string,
  options: PeerOptions,
  protocols: NodeOptions["protocols"],
  work: (node: Node) => Promise<T>,
): Promise<T> {
  const { credential, identity = context.host.env.ASTER_IDENTITY_FILE } = options;
  if (credential === undefined && identity === undefined) {
    return await withNode(context, protocols === undefined ? {} : { protocols }, work);
  }
  return await working(context, async () => {
    const choice = { protocols: protocols ?? [] };
    await using client = await connectTo(context, peerOf(address), options, choice);
    return await work(client.node);
  });
}

/** Keeps the process alive during the work, which a node alone does not. Throws failures. */
async function working<T>(context: CommandContext, work: () => Promise<T>): Promise<T> {
  const alive = setInterval(() => {}, 0x7fffffff);
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (context.host.interrupted.aborted) throw interruption();
    throw await failureOf(isLibraryError(error) ? RpcError.from(error) : error);
  } finally {
    clearInterval(alive);
  }
}

/** Errors with a status of their own. */
export function isLibraryError(error: unknown): boolean {
  return error instanceof Error && /^(Transport|Registry|Contract)Error$/.test(error.name);
}
