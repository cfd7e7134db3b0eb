import type { ContractManifest } from "@aster/contract/model";
import type { Run } from "../../command/spec.ts";
import { manifestFileText } from "../../contract/manifest-file.ts";
import { contractsOf } from "../../contract/source.ts";
import { writeWhole } from "../../files/write-file.ts";
import { columns } from "../../output/table.ts";

export const gen: Run = async (context, { options }) => {
  const { service, out, semver, plain, force } = options;
  const manifests: ContractManifest[] = [];
  for (const reference of service as readonly string[]) {
    for (const { manifest } of await contractsOf(context, reference)) {
      const { types, ...described } = manifest;
      manifests.push({
        ...described,
        semver: typeof semver === "string" ? semver : null,
        ...(plain !== true && { types }),
      });
    }
  }
  const file = context.path(String(out));
  await writeWhole(file, manifestFileText(manifests), { force: force === true });
  const ids = manifests.map(({ service: name, contract_id }): [string, string] => [
    name,
    contract_id,
  ]);
  context.result({ file, contracts: Object.fromEntries(ids) }, () =>
    columns([["manifest in", file], ...ids]),
  );
  return 0;
};
