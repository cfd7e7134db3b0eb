import type { ContractManifest, ManifestPublication, ServiceContract } from "@aster/contract/model";
import {
  blake3,
  contractOf,
  decodeServiceContract,
  manifestOf,
  manifestText,
  parseManifest,
} from "@aster/contract/model";
import type { NamedBlob } from "../document/document.ts";
import { RegistryError } from "../error.ts";

/** The blobs of a contract, in the order of the collection (docs/registry.md, "Contracts"). */
export interface ContractCollection {
  readonly contractId: string;
  readonly blobs: readonly NamedBlob[];
  /** The bytes of `manifest.json`. */
  readonly manifest: Uint8Array;
}

const CONTRACT = "contract.bin";
const MANIFEST = "manifest.json";
const utf8 = new TextEncoder();

/** The collection of a definition, a decorated class or an instance of one. */
export function contractCollectionOf(
  service: object,
  publication: ManifestPublication = {},
): ContractCollection {
  const { id, bytes, types } = contractOf(service);
  const manifest = utf8.encode(manifestText(manifestOf(service, publication)));
  const blobs = [
    { name: CONTRACT, content: bytes },
    ...types.map((type) => ({ name: `types/${hexOf(type.hash)}.bin`, content: type.bytes })),
    { name: MANIFEST, content: manifest },
  ];
  return { contractId: id, blobs, manifest };
}

/**
 * Returns the canonical bytes of a contract from the blobs that a peer gave. Throws
 * {@link RegistryError} `"contract"` if they do not have the hash.
 */
export function verifiedContract(contractId: string, blobs: readonly NamedBlob[]): Uint8Array {
  const bytes = blobs.find(({ name }) => name === CONTRACT)?.content;
  if (bytes === undefined) {
    throw new RegistryError(
      "contract",
      `the collection of contract ${contractId} has no ${CONTRACT}`,
    );
  }
  const hash = hexOf(blake3(bytes));
  if (hash === contractId) return bytes;
  throw new RegistryError(
    "contract",
    `the bytes of contract ${contractId} have the hash ${hash}; the publisher gave other bytes`,
  );
}

/** Returns the bytes of `manifest.json`, `undefined` for a collection without one. */
export function manifestIn(blobs: readonly NamedBlob[]): Uint8Array | undefined {
  return blobs.find(({ name }) => name === MANIFEST)?.content;
}

/**
 * Reads a manifest and compares it with the canonical bytes of its contract. Throws
 * {@link RegistryError} `"contract"`.
 */
export function checkedManifest(contract: Uint8Array, bytes: Uint8Array): ContractManifest {
  const contractId = hexOf(blake3(contract));
  let manifest: ContractManifest;
  let model: ServiceContract;
  try {
    manifest = parseManifest(new TextDecoder().decode(bytes));
    model = decodeServiceContract(contract);
  } catch (cause) {
    const text = `the manifest of contract ${contractId} cannot be read`;
    throw new RegistryError("contract", text, { cause });
  }
  const facts: readonly [what: string, said: unknown, is: unknown][] = [
    ["contract id", manifest.contract_id, contractId],
    ["service", manifest.service, model.name],
    ["version", manifest.version, model.version],
    ["methods", methodList(manifest.methods), methodList(model.methods)],
  ];
  const wrong = facts.find(([, said, is]) => said !== is);
  if (wrong === undefined) return manifest;
  throw new RegistryError(
    "contract",
    `the manifest of contract ${contractId} differs from the contract in its ${wrong[0]}`,
  );
}

function methodList(
  methods: readonly {
    readonly name: string;
    readonly pattern: string;
    readonly idempotent: boolean;
  }[],
): string {
  const lines = methods.map(({ name, pattern, idempotent }) =>
    [name, pattern, idempotent].join(" "),
  );
  return lines.sort().join("\n");
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
