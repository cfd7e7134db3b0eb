import {
  type CapabilityRequirement,
  contractIdOf,
  methodIdsOf,
  type ServiceDefinition,
} from "@aster/contract";
import { formatAddress, type Node } from "@aster/transport";
import type { AdmittedMethod, AdmittedService } from "@aster/trust";
import type { AdmissionOffer } from "@aster/trust/admission";
import { XLANG_B } from "../protocol/mode.ts";
import type { ServerTrust } from "./server-gate.ts";

/** The value for "no trust root" (docs/wire.md, "Admission"). */
const NO_ROOT = "0".repeat(64);

/**
 * Returns the offer that a server sends to admitted peers: its services and the address for calls.
 */
export function offerOf(
  node: Node,
  definitions: readonly ServiceDefinition[],
  trust: Pick<ServerTrust, "rootPubkey" | "producers"> | undefined,
): AdmissionOffer {
  const rpc = formatAddress(node.address());
  return {
    services: definitions.map((definition) => offeredService(definition, rpc)),
    registryNamespace: "",
    rootPubkey: trust?.rootPubkey ?? NO_ROOT,
    gossipTopic: trust?.producers.topic,
  };
}

function offeredService(definition: ServiceDefinition, rpc: string): AdmittedService {
  return {
    name: definition.name,
    version: definition.version,
    contractId: contractIdOf(definition),
    channels: { rpc },
    scoped: definition.scoped,
    serializationModes: modesOf(definition),
    ...requirementOf(definition),
    methods: methodsOf(definition),
  };
}

function methodsOf(definition: ServiceDefinition): Record<string, AdmittedMethod> {
  const methods = [...methodIdsOf(definition)].map(([name, id]) => {
    return [name, { id, ...requirementOf(definition.byName.get(name)) }] as const;
  });
  return Object.fromEntries(methods);
}

function requirementOf(of: { readonly requires: CapabilityRequirement | undefined } | undefined) {
  return of?.requires === undefined ? {} : { requires: of.requires };
}

/**
 * Returns the modes of a service, with profile B beside XLANG. NATIVE and ROW of single methods are
 * added, because clients do not choose them unasked. JSON is added for services without XLANG, so
 * that every client finds a mode that it supports.
 */
function modesOf({ serialization, methods }: ServiceDefinition): string[] {
  const modes = new Set<string>(
    serialization.flatMap((mode) => (mode === "xlang" ? [mode, XLANG_B] : [mode])),
  );
  for (const { serialization: own } of Object.values(methods)) {
    if (own === "native" || own === "row") modes.add(own);
  }
  if (!modes.has("xlang")) modes.add("json");
  return [...modes];
}
