import { openRegistry, type Registry } from "@aster/registry";
import { RpcError } from "@aster/rpc";
import type { Node } from "@aster/transport";
import type { CommandContext } from "../command/context.ts";
import { interruption, usageFailure } from "../command/failure.ts";
import { connectFailure } from "../command/failure-of.ts";
import type { Invocation } from "../command/spec.ts";
import { type PeerOptions, peerOptionsOf } from "../peer/options.ts";
import { isLibraryError, withNode, withPeerNode } from "./linked-node.ts";

/** The time for the first sync without `--timeout`. */
const SYNC_MS = 20_000;

/** The registry that the options `--namespace` and `--peer` name. */
export function registryIn({ namespace, peer }: Invocation["options"]): string {
  return `${namespace}@${peer}`;
}

/** The credentials for the peer that `--peer` names. */
export function presentedIn({ peer: _, ...options }: Invocation["options"]): PeerOptions {
  return peerOptionsOf(options);
}

/** Joins a registry as a reader for the work. Throws failures; without a peer that of exit 4. */
export async function withRegistry<T>(
  context: CommandContext,
  address: string,
  options: PeerOptions,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  return await withPeerNode(context, address, options, ["docs"], async (node) => {
    await using registry = await joinedRegistry(context, node, address);
    return await work(registry);
  });
}

/** Joins a registry on a node. The caller closes it. Throws failures. */
export async function joinedRegistry(
  context: CommandContext,
  node: Node,
  address: string,
): Promise<Registry> {
  const { interrupted: signal } = context.host;
  const timeoutMs = context.timeoutMs ?? SYNC_MS;
  try {
    return await openRegistry(node, { address, timeoutMs, signal });
  } catch (error) {
    if (signal.aborted) throw interruption();
    throw await connectFailure(isLibraryError(error) ? RpcError.from(error) : error);
  }
}

/** Opens the registry of a store for the work, without network. */
export async function withStoredRegistry<T>(
  context: CommandContext,
  store: string,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const storage = context.path(store);
  return await withNode(
    context,
    { protocols: ["docs"], storage, network: "none" },
    async (node) => {
      await using registry = await openRegistry(node);
      return await work(registry);
    },
  );
}

/** Reads a whole number ≥ 0. */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw usageFailure(`--${option} takes a whole number, not "${text}"`);
}
