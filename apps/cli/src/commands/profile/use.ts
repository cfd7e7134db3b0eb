import type { Run } from "../../command/spec.ts";
import { readOperatorConfig, writeOperatorConfig } from "../../operator/operator-config.ts";
import { profileFacts } from "../../operator/profile-facts.ts";
import { profileOf } from "../../operator/profile-name.ts";

export const use: Run = async (context, { args: [name = ""] }) => {
  const config = await readOperatorConfig(context.home);
  const profile = profileOf(config, name);
  const changed = { ...config, active_profile: name };
  await writeOperatorConfig(context.home, changed);
  context.result(profileFacts(changed, name, profile), `${name} is the active profile`);
  return 0;
};
