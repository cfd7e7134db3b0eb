import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import { formatAddress, type Node } from "@aster/transport";
import type { AdmissionOffer, AdmittedService } from "@aster/trust";

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
  const coded = definition.serialization.filter((mode) => mode === "xlang" || mode === "json");
  return {
    name: definition.name,
    version: definition.version,
    contractId: contractIdOf(definition),
    channels: { rpc },
    pattern: "shared",
    serializationModes: coded.length === 0 ? ["json"] : coded,
  };
}
