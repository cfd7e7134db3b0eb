import { join } from "node:path";
import type { Run } from "../../command/spec.ts";
import { exportOf } from "../../contract/export-file.ts";
import { contractsOf } from "../../contract/source.ts";
import { writeWhole } from "../../files/write-file.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const exportContracts: Run = async (context, { args: [given], options }) => {
  const { manifest = ".aster/manifest.json", format, out = ".", force } = options;
  const contracts = await contractsOf(context, given ?? String(manifest), peerOptionsOf(options));
  const folder = context.path(String(out));
  const files: string[] = [];
  for (const source of contracts) {
    const schema = format === "json-schema";
    const content = schema
      ? (await import("../../contract/json-schema.ts")).schemasOf(source)
      : exportOf(source.manifest);
    const file = join(folder, `${source.manifest.service}.${schema ? "schema" : "aster"}.json`);
    await writeWhole(file, `${JSON.stringify(content, null, 2)}\n`, { force: force === true });
    files.push(file);
  }
  const ids = contracts.map(({ manifest: { service, contract_id } }) => [service, contract_id]);
  context.result({ files, contracts: Object.fromEntries(ids) }, files.join("\n"));
  return 0;
};
