import type { ServiceDefinition } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import type { PeerOptions } from "../peer/options.ts";
import { manifestsIn } from "./manifest-file.ts";
import { type Reference, referenceOf } from "./reference.ts";

/** A contract of a source. */
export interface SourceContract {
  readonly manifest: ContractManifest;
  /** Absent where only the manifest is known. */
  readonly definition?: ServiceDefinition | undefined;
}

/**
 * Reads the contracts of a source: a module, a manifest file, a peer or a registry. Throws a
 * failure if there are none.
 */
export async function contractsOf(
  context: CommandContext,
  text: string,
  peer: PeerOptions = {},
): Promise<readonly SourceContract[]> {
  const reference = referenceOf(text);
  const found = await contractsAt(context, reference, peer);
  if (found.length > 0) return found;
  throw usageFailure(`${text} has no contract`, "name a module, a manifest or an address");
}

async function contractsAt(
  context: CommandContext,
  reference: Reference,
  peer: PeerOptions,
): Promise<readonly SourceContract[]> {
  switch (reference.kind) {
    case "module": {
      const { definitionsIn } = await import("./module-contracts.ts");
      return await definitionsIn(context.path(reference.path), reference.name);
    }
    case "file":
      return (await manifestsIn(context.path(reference.path))).map((manifest) => ({ manifest }));
    case "address": {
      const { manifestsOfPeer } = await import("../peer/manifests.ts");
      const manifests = await manifestsOfPeer(context, reference.address, peer);
      return manifests.map((manifest) => ({ manifest }));
    }
    case "registry": {
      const { manifestsInRegistry } = await import("../registry/registry-manifests.ts");
      const manifests = await manifestsInRegistry(context, reference.address, peer);
      return manifests.map((manifest) => ({ manifest }));
    }
  }
}
