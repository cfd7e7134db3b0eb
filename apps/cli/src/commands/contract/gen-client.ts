import { join } from "node:path";
import type { Run } from "../../command/spec.ts";
import { contractsOf } from "../../contract/source.ts";
import { writeWhole } from "../../files/write-file.ts";
import { pythonClient } from "../../generate/python.ts";
import { typescriptClient } from "../../generate/typescript.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const genClient: Run = async (context, { args: [source = ""], options }) => {
  const contracts = await contractsOf(context, source, peerOptionsOf(options));
  const manifests = contracts.map(({ manifest }) => manifest);
  const { name, text } =
    options.lang === "python" ? pythonClient(manifests) : typescriptClient(manifests);
  const file = join(context.path(String(options.out)), name);
  await writeWhole(file, text, { force: options.force === true });
  const ids = manifests.map(({ service, contract_id }) => [service, contract_id]);
  context.result({ files: [file], contracts: Object.fromEntries(ids) }, file);
  return 0;
};
