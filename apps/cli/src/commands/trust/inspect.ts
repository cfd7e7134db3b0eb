import type { Run } from "../../command/spec.ts";
import { credentialFacts, credentialIn, credentialRows } from "../../operator/credential.ts";
import { columns } from "../../output/table.ts";

export const inspect: Run = async (context, { args: [file = ""], options }) => {
  const credential = await credentialIn(context.path(file), options.peer as string | undefined);
  const facts = credentialFacts(credential);
  context.result(facts, () => columns(credentialRows(facts)));
  return 0;
};
