import type { Registry } from "@aster/registry";

/** A blob with the canonical bytes of a contract. */
export interface ContractBlob {
  readonly hash: string;
  readonly bytes: number;
  /** The service and its version. */
  readonly name: string;
}

/** Returns the blobs of the contracts in a registry. */
export async function contractBlobs(registry: Registry): Promise<readonly ContractBlob[]> {
  return await Promise.all(
    registry.services().map(async ({ service, version, contractId: hash }) => {
      const { length: bytes } = await registry.contract(hash);
      return { hash, bytes, name: `${service} v${version}` };
    }),
  );
}
