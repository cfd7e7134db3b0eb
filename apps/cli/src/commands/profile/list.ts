import type { Run } from "../../command/spec.ts";
import { readOperatorConfig } from "../../operator/operator-config.ts";
import { profileCells, profileFacts } from "../../operator/profile-facts.ts";
import { columns } from "../../output/table.ts";

export const list: Run = async (context) => {
  const config = await readOperatorConfig(context.home);
  const profiles = Object.entries(config.profiles)
    .map(([name, profile]) => profileFacts(config, name, profile))
    .toSorted((a, b) => (a.profile < b.profile ? -1 : 1));
  context.result({ profiles }, () =>
    profiles.length === 0
      ? "no profiles; make one with: aster profile create NAME"
      : columns(profiles.map(profileCells)),
  );
  return 0;
};
