import { type ContractManifest, parseManifest } from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";
import { parseJson, readText } from "../files/read-file.ts";
import { isExport, manifestOfExport } from "./export-file.ts";

/** Reads a file with one manifest, a list of them, or an export (`.aster.json`). */
export async function manifestsIn(path: string): Promise<readonly ContractManifest[]> {
  const value = parseJson(await readText(path), path);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    try {
      return parseManifest(JSON.stringify(isExport(each) ? manifestOfExport(each) : each));
    } catch (error) {
      const problem = error instanceof Error ? error.message : "it is malformed";
      throw usageFailure(
        `${path} is not a manifest: ${problem}`,
        "make one with: aster contract gen",
        "contract.data",
      );
    }
  });
}

/** The text of a file with these manifests. */
export function manifestFileText(manifests: readonly ContractManifest[]): string {
  const [first] = manifests;
  return `${JSON.stringify(manifests.length === 1 ? first : manifests, null, 2)}\n`;
}
