import { openRegistry, type Registry } from "@aster/registry";
import { createNode } from "@aster/transport";
import { required } from "../options.ts";

/** The time for the first sync: a busy machine may need it. */
const SYNC_MS = 20_000;

/** The options that name a registry. */
export const place = {
  namespace: { type: "string" },
  peer: { type: "string" },
} as const;

/**
 * Joins a registry as a reader, on a node of its own, and closes both after the work. Returns the
 * result of the work.
 */
export async function withRegistry<T>(
  values: { readonly namespace?: string | undefined; readonly peer?: string | undefined },
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const address = `${required("namespace", values.namespace)}@${required("peer", values.peer)}`;
  const node = await createNode({ network: "none", protocols: ["docs"], closed: true });
  try {
    await using registry = await openRegistry(node, { address, timeoutMs: SYNC_MS });
    return await work(registry);
  } finally {
    await node.close();
  }
}
