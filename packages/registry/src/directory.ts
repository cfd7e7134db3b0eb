import type { AdmissionResponse } from "@aster/trust/admission";

/** Finds the addresses of a contract. */
export interface Directory {
  /**
   * Resolves with dial strings to try in order: tickets, base64 node addresses or endpoint ids. The
   * list is empty if no endpoint serves the contract.
   */
  resolve(contractId: string): Promise<readonly string[]>;
}

/** Returns a directory of the services in the admission answer of one producer. */
export function admissionDirectory(response: AdmissionResponse): Directory {
  const addresses = new Map<string, Set<string>>();
  for (const { contractId, channels } of response.services) {
    const known = addresses.get(contractId) ?? new Set();
    // the usual channel first, then the others in the order of the producer
    const { rpc, ...others } = channels;
    for (const address of [rpc, ...Object.values(others)]) {
      if (address) known.add(address);
    }
    addresses.set(contractId, known);
  }
  return { resolve: async (contractId) => [...(addresses.get(contractId) ?? [])] };
}
