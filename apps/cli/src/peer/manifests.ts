import type { ContractManifest } from "@aster/contract/model";
import type { AsterClient } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";
import { connectTo } from "./connect.ts";
import type { PeerOptions } from "./options.ts";

/** Requests the manifests of all services that a peer offers. */
export async function manifestsOfPeer(
  context: CommandContext,
  address: string,
  options: PeerOptions,
): Promise<readonly ContractManifest[]> {
  await using client = await connectTo(context, address, options);
  return await manifestsOf(client);
}

/** Requests the manifests of the services that a connected peer offers. */
export async function manifestsOf(client: AsterClient): Promise<readonly ContractManifest[]> {
  const { services } = client;
  return await Promise.all(services.map(({ name, version }) => client.manifest(name, { version })));
}
