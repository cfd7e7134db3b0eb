import type { RegistryEvent } from "@aster/registry";

/** The fields of an event that are printed. */
export function lineOf(event: RegistryEvent): { readonly event: string; readonly key: string } {
  const { kind, key } = event;
  const line = { event: kind, key };
  switch (event.kind) {
    case "lease": {
      const { service, contractId, endpointId, lease } = event;
      const { healthStatus: health, leaseSeq: seq } = lease;
      return { ...line, ...{ service, contractId, endpointId, health, seq } };
    }
    case "down": {
      const { service, contractId, endpointId } = event;
      return { ...line, ...{ service, contractId, endpointId } };
    }
    case "contract":
      return { ...line, ...{ contractId: event.contractId } };
    case "pointer":
      return { ...line, ...{ service: event.service, contractId: event.contractId ?? null } };
    case "acl":
      return { ...line, ...{ list: event.list, authors: event.authors ?? null } };
  }
}
