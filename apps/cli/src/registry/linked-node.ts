import { RpcError } from "@aster/rpc";
import { createNode, type Node, type NodeOptions } from "@aster/transport";
import type { CommandContext } from "../command/context.ts";
import { Failure, interruption } from "../command/failure.ts";
import { failureOf } from "../command/failure-of.ts";
import { networkOf } from "../peer/connect.ts";

/** Opens a node that no peer can reach, for the work, and closes it. Throws failures. */
export async function withNode<T>(
  context: CommandContext,
  options: Pick<NodeOptions, "protocols" | "storage" | "network">,
  work: (node: Node) => Promise<T>,
): Promise<T> {
  const { network } = networkOf(context);
  // a node alone does not keep the process alive
  const alive = setInterval(() => {}, 0x7fffffff);
  try {
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
