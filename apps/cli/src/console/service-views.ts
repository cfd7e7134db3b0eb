import { jsonSchemaOf } from "@aster/codec/json-schema";
import type { MethodView, Schema, ServiceView } from "@aster/console/protocol";
import { type ServiceMethod, serviceDefinitionOf } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import type { AsterClient } from "@aster/rpc";
import type { AdmittedRequirement, AdmittedService } from "@aster/trust";
import { manifestFor } from "../call/open-callee.ts";
import type { CommandContext } from "../command/context.ts";
import { definitionOfManifest } from "../contract/definition-of-manifest.ts";
import { permitted } from "../mcp/permitted.ts";

/** Describes the services of a peer. `contract` is the source of contracts (default: the peer). */
export async function serviceViews(
  context: CommandContext,
  client: AsterClient,
  contract: string | undefined,
): Promise<readonly ServiceView[]> {
  // one offer per name: a call by name reaches the latest version
  const offers = new Map(client.services.map((offer) => [offer.name, offer]));
  const names = [...offers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return await Promise.all(names.map((offer) => serviceView(context, client, offer, contract)));
}

async function serviceView(
  context: CommandContext,
  client: AsterClient,
  offer: AdmittedService,
  contract: string | undefined,
): Promise<ServiceView> {
  const mayCall = permitted(client);
  const manifest = await describedBy(context, client, offer, contract);
  return {
    name: offer.name,
    version: offer.version,
    contractId: offer.contractId,
    scoped: offer.scoped,
    modes: offer.serializationModes,
    described: manifest !== undefined,
    methods: manifest === undefined ? [] : methodViews(manifest, offer, mayCall),
  };
}

/** The contract of a service, `undefined` if the peer does not describe it to this client. */
async function describedBy(
  context: CommandContext,
  client: AsterClient,
  { name: service }: AdmittedService,
  contract: string | undefined,
): Promise<ContractManifest | undefined> {
  try {
    return await manifestFor(context, client, { service, contract });
  } catch (error) {
    context.note(`aster console: ${service} is not described: ${(error as Error).message}`);
    return undefined;
  }
}

function methodViews(
  manifest: ContractManifest,
  offer: AdmittedService,
  mayCall: ReturnType<typeof permitted>,
): readonly MethodView[] {
  const { byName } = serviceDefinitionOf(definitionOfManifest(manifest));
  return manifest.methods.map((method) => {
    const { request, response } = byName.get(method.name) as ServiceMethod;
    return {
      name: method.name,
      pattern: method.pattern,
      requestType: method.request_wire_tag,
      responseType: method.response_wire_tag,
      request: jsonSchemaOf(request as never) as Schema,
      response: jsonSchemaOf(response as never) as Schema,
      timeoutSeconds: method.timeout,
      idempotent: method.idempotent,
      requires: [offer.requires, offer.methods?.[method.name]?.requires]
        .filter((requirement) => requirement !== undefined)
        .map(requirementText)
        .join(", and "),
      permitted: mayCall(offer, method.name),
    };
  });
}

function requirementText({ kind, roles }: AdmittedRequirement): string {
  return roles.join(kind === "any_of" ? " or " : " and ");
}
