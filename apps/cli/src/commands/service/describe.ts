import type { ContractManifest } from "@aster/contract/model";
import { unknownName } from "../../call/call-failure.ts";
import { manifestFor } from "../../call/open-callee.ts";
import type { CommandContext } from "../../command/context.ts";
import { failureOf } from "../../command/failure-of.ts";
import type { Run } from "../../command/spec.ts";
import { serviceFacts } from "../../contract/describe.ts";
import { serviceText } from "../../contract/describe-text.ts";
import { undescribed } from "../../contract/undescribed.ts";
import { connectTo } from "../../peer/connect.ts";
import { type PeerOptions, peerOptionsOf } from "../../peer/options.ts";
import { manifestsInRegistry } from "../../registry/registry-manifests.ts";
import { isRegistryAddress } from "../../registry/registry-text.ts";

export const describe: Run = async (context, { args: [address = "", name = ""], options }) => {
  const peerOptions = peerOptionsOf(options);
  const manifest = isRegistryAddress(address)
    ? await registered(context, address, name, peerOptions)
    : await offered(context, address, name, peerOptions, options.contract as string | undefined);
  const facts = serviceFacts(manifest);
  context.result(facts, (style) => serviceText(facts, style));
  return 0;
};

async function offered(
  context: CommandContext,
  address: string,
  service: string,
  options: PeerOptions,
  contract: string | undefined,
): Promise<ContractManifest> {
  await using client = await connectTo(context, address, options);
  const names = client.services.map((each) => each.name);
  if (!names.includes(service)) throw unknownName("service", service, names);
  try {
    const manifest = await manifestFor(context, client, { service, contract });
    if (manifest !== undefined) return manifest;
  } catch (error) {
    throw await failureOf(error);
  }
  throw undescribed(service);
}

/** The manifest of the highest version in a registry. */
async function registered(
  context: CommandContext,
  address: string,
  service: string,
  options: PeerOptions,
): Promise<ContractManifest> {
  const all = await manifestsInRegistry(context, address, options);
  const versions = all.filter((each) => each.service === service);
  const [latest] = versions.toSorted((a, b) => b.version - a.version);
  if (latest !== undefined) return latest;
  throw unknownName("service", service, [...new Set(all.map((each) => each.service))]);
}
