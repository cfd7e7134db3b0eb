import { RpcError } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { blobsOf } from "@aster/transport/blobs";
import type { CommandContext } from "../command/context.ts";
import { interruption } from "../command/failure.ts";
import { connectFailure } from "../command/failure-of.ts";
import type { PeerOptions } from "../peer/options.ts";
import { isLibraryError, withPeerNode } from "./linked-node.ts";
import { peerOf } from "./registry-text.ts";

/** Downloads a blob of a peer for the work, which gets the size in bytes. Throws failures. */
export async function withBlob(
  context: CommandContext,
  peer: string,
  hash: string,
  options: PeerOptions,
  work: (node: Node, bytes: number) => Promise<void>,
): Promise<void> {
  const { interrupted } = context.host;
  const limits = context.timeoutMs === undefined ? [] : [AbortSignal.timeout(context.timeoutMs)];
  const signal = AbortSignal.any([interrupted, ...limits]);
  await withPeerNode(context, peer, options, undefined, async (node) => {
    const source = { hash, providers: [peerOf(peer)] };
    const { sizeBytes } = await blobsOf(node)
      .get(source, { signal })
      .catch(async (error: unknown) => {
        if (interrupted.aborted) throw interruption();
        throw await connectFailure(isLibraryError(error) ? RpcError.from(error) : error);
      });
    await work(node, sizeBytes);
  });
}
