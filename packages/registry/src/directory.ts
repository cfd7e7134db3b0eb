import type { AdmissionResponse } from "@aster/trust";

/** Says where a contract is served. Anything with this one method is a directory. */
export interface Directory {
  /** Dial strings to try in order: tickets, base64 node addresses or endpoint ids. Empty when nobody serves the contract. */
  resolve(contractId: string): Promise<readonly string[]>;
}

/** The directory that one producer's admission answer is: what it offers, at the addresses it named. */
export function admissionDirectory(response: AdmissionResponse): Directory {
  const addresses = new Map<string, Set<string>>();
  for (const { contractId, channels } of response.services) {
    const known = addresses.get(contractId) ?? new Set();
    // the channel everyone offers first, then the others in the producer's order
    const { rpc, ...others } = channels;
    for (const address of [rpc, ...Object.values(others)]) {
      if (address) known.add(address);
    }
    addresses.set(contractId, known);
  }
  return { resolve: async (contractId) => [...(addresses.get(contractId) ?? [])] };
}
