import type { ContractManifest } from "@aster/contract/model";
import type { AsterClient } from "@aster/rpc";
import type { AdmittedService } from "@aster/trust";
import type { CommandContext } from "../../command/context.ts";
import type { Run } from "../../command/spec.ts";
import { columns } from "../../output/table.ts";
import { connectTo } from "../../peer/connect.ts";
import { type PeerOptions, peerOptionsOf } from "../../peer/options.ts";
import { manifestsInRegistry } from "../../registry/registry-manifests.ts";
import { isRegistryAddress } from "../../registry/registry-text.ts";

export const ls: Run = async (context, { args: [address = ""], options }) => {
  const peerOptions = peerOptionsOf(options);
  const services = isRegistryAddress(address)
    ? (await manifestsInRegistry(context, address, peerOptions)).map(registered)
    : await offered(context, address, peerOptions);
  context.result({ services }, () =>
    services.length === 0
      ? "there is no service"
      : columns(
          services.map(({ name, version, scoped, methods }) => [
            name,
            `v${version}`,
            scoped,
            methods.map((method) => method.name).join(", "),
          ]),
        ),
  );
  return 0;
};

interface ListedMethod {
  readonly name: string;
  readonly pattern?: string;
  readonly requires?: object;
}

/** The services that a peer offers to this client. */
async function offered(context: CommandContext, address: string, options: PeerOptions) {
  await using client = await connectTo(context, address, options);
  return await Promise.all(client.services.map((offer) => listed(client, offer)));
}

/** A service in a registry. */
function registered(manifest: ContractManifest) {
  const { service: name, version, contract_id: contractId, scoped } = manifest;
  const methods = manifest.methods.map((each): ListedMethod => {
    return { name: each.name, pattern: each.pattern };
  });
  return { name, version, contractId, scoped, modes: manifest.serialization_modes, methods };
}

async function listed(client: AsterClient, offer: AdmittedService) {
  const { name, version, contractId, scoped, serializationModes: modes, requires } = offer;
  return {
    name,
    version,
    contractId,
    scoped,
    modes,
    ...(requires !== undefined && { requires }),
    methods: await methodsOf(client, offer),
  };
}

/** The methods with their patterns, if the peer describes them to this client. */
async function methodsOf(
  client: AsterClient,
  { name, version, methods = {} }: AdmittedService,
): Promise<readonly ListedMethod[]> {
  const manifest = await client.manifest(name, { version }).catch(() => undefined);
  const patterns = new Map(manifest?.methods.map((method) => [method.name, method.pattern]));
  const names = new Set([...Object.keys(methods), ...patterns.keys()]);
  return [...names].toSorted().map((method): ListedMethod => {
    const pattern = patterns.get(method);
    const requires = methods[method]?.requires;
    return { name: method, ...(pattern && { pattern }), ...(requires && { requires }) };
  });
}
