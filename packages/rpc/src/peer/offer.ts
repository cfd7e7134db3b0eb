import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import { formatAddress, type Node } from "@aster/transport";
import type { AdmissionOffer, AdmittedService } from "@aster/trust";
import { XLANG_B } from "../protocol/mode.ts";

const NO_ROOT = "0".repeat(64);

/** What a server tells those it admits: its services, and where they are called. */
export function offerOf(node: Node, definitions: readonly ServiceDefinition[]): AdmissionOffer {
  const rpc = formatAddress(node.address());
  return {
    services: definitions.map((definition) => offeredService(definition, rpc)),
    registryNamespace: "",
    rootPubkey: NO_ROOT,
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
  };
}

/**
 * The modes of the service, profile B beside XLANG. What only methods have is added where peers do not choose it unasked,
 * and JSON where peers would find nothing else that they know.
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
