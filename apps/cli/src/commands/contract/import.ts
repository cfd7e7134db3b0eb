import { join } from "node:path";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { isExport } from "../../contract/export-file.ts";
import { manifestsIn } from "../../contract/manifest-file.ts";
import { parseJson, readText } from "../../files/read-file.ts";
import { writeWhole } from "../../files/write-file.ts";

/** The characters of the contract id in the name of a file, as in the Python package. */
const ID_LENGTH = 16;

export const importContract: Run = async (context, { args: [given = ""], options }) => {
  const path = context.path(given);
  const text = await readText(path);
  if (!isExport(parseJson(text, path))) {
    throw usageFailure(`${path} is not an export`, "make one with: aster contract export");
  }
  const [manifest] = await manifestsIn(path);
  if (manifest === undefined) throw usageFailure(`${path} is empty`);
  const { service, version, contract_id: contractId } = manifest;
  const name = `${contractId.slice(0, ID_LENGTH)}.aster.json`;
  const file = join(context.home, "contracts", service, name);
  await writeWhole(file, text, { force: options.force === true });
  context.result(
    { file, service, version, contractId },
    `imported ${service} v${version}: ${file}`,
  );
  return 0;
};
