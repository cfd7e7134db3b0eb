import type { ContractManifest } from "@aster/contract/model";
import { ExitCode } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { contractChanges } from "../../contract/changes.ts";
import { annotations, changesText } from "../../contract/changes-text.ts";
import { contractsOf } from "../../contract/source.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const check: Run = async (context, { options }) => {
  const { service, against, github } = options;
  const references = service as readonly string[];
  const now: ContractManifest[] = [];
  for (const reference of references) {
    now.push(...(await contractsOf(context, reference)).map(({ manifest }) => manifest));
  }
  const names = new Set(now.map((manifest) => manifest.service));
  const earlier = (await contractsOf(context, String(against), peerOptionsOf(options)))
    .map(({ manifest }) => manifest)
    // the reference may have other services, too
    .filter((manifest) => names.has(manifest.service));
  const changes = contractChanges(earlier, now);
  context.result(changes, (style) => changesText(changes, style));
  if (github === true || context.host.env.GITHUB_ACTIONS === "true") {
    const [file = ""] = references.map((each) => each.replace(/:[^:.]+$/, ""));
    for (const line of annotations(changes, file)) context.note(line);
  }
  return changes.breaking ? ExitCode.FAILED : 0;
};
