import type { Run } from "../../command/spec.ts";
import { readOperatorConfig } from "../../operator/operator-config.ts";
import { profileFacts } from "../../operator/profile-facts.ts";
import { chosenProfile, profileOf } from "../../operator/profile-name.ts";
import { columns } from "../../output/table.ts";

export const show: Run = async (context, { args: [given] }) => {
  const config = await readOperatorConfig(context.home);
  const name = chosenProfile(context, config, given);
  const profile = profileOf(config, name);
  const facts = profileFacts(config, name, profile);
  context.result(facts, () =>
    columns([
      ["profile", `${name}${facts.active ? " (active)" : ""}`],
      ["public root key", facts.rootPubkey ?? "none"],
      ["signer", facts.signer],
      ["root key in", profile.root_key_file ?? facts.keyIn ?? "unknown"],
    ]),
  );
  return 0;
};
