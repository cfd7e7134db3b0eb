import type { ContractManifest } from "@aster/contract/model";
import type { CommandContext } from "../command/context.ts";
import type { PeerOptions } from "../peer/options.ts";
import { withRegistry } from "./open.ts";

/** Reads the manifests of all services in a registry, which agree with their contracts. */
export function manifestsInRegistry(
  context: CommandContext,
  address: string,
  options: PeerOptions,
): Promise<readonly ContractManifest[]> {
  return withRegistry(context, address, options, async (registry) => {
    const ids = new Set(registry.services().map(({ contractId }) => contractId));
    return await Promise.all([...ids].map((id) => registry.manifest(id)));
  });
}
