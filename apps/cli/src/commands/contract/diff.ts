import { ExitCode } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { contractChanges } from "../../contract/changes.ts";
import { changesText } from "../../contract/changes-text.ts";
import { contractsOf } from "../../contract/source.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const diff: Run = async (context, { args: [before = "", after = ""], options }) => {
  const old = await contractsOf(context, before, peerOptionsOf(options));
  const next = await contractsOf(context, after, peerOptionsOf(options));
  const changes = contractChanges(
    old.map(({ manifest }) => manifest),
    next.map(({ manifest }) => manifest),
  );
  context.result(changes, (style) => changesText(changes, style));
  return changes.breaking ? ExitCode.FAILED : 0;
};
