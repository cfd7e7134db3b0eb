import { readFile } from "node:fs/promises";
import { contractIdOf, serviceDefinitionOf } from "@aster/contract";
import { type ContractManifest, parseManifest } from "@aster/contract/model";
import { RegistryError } from "../error.ts";

/** The place of the committed manifests, relative to the working folder. */
export const MANIFEST_FILE = ".aster/manifest.json";

/**
 * Compares services with the manifests of a file: one manifest or a list of them. Services that it
 * does not describe pass, and so do all of them when there is no such file.
 *
 * Rejects with {@link RegistryError} `"drift"` when a contract differs from its manifest, and when
 * the file cannot be read.
 */
export async function checkManifestFile(
  services: readonly object[],
  path: string = MANIFEST_FILE,
): Promise<void> {
  const manifests = await manifestsIn(path);
  for (const service of services) {
    const { name, version } = serviceDefinitionOf(service);
    const committed = manifests.findLast((one) => one.service === name && one.version === version);
    const contractId = contractIdOf(service);
    if (committed === undefined || committed.contract_id === contractId) continue;
    throw new RegistryError(
      "drift",
      `the contract of ${name} version ${version} is ${contractId}, but ${path} has ` +
        `${committed.contract_id}; write the manifest again, or raise the version of the service`,
    );
  }
}

async function manifestsIn(path: string): Promise<readonly ContractManifest[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new RegistryError("drift", `cannot read the manifests in ${path}`, { cause });
  }
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : [value];
    return list.map((one) => parseManifest(JSON.stringify(one)));
  } catch (cause) {
    throw new RegistryError("drift", `cannot read the manifests in ${path}`, { cause });
  }
}
