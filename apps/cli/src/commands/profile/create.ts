import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { readOperatorConfig, writeOperatorConfig } from "../../operator/operator-config.ts";
import { profileFacts } from "../../operator/profile-facts.ts";
import { newProfileName } from "../../operator/profile-name.ts";

export const create: Run = async (context, { args: [given = ""] }) => {
  const name = newProfileName(given);
  const config = await readOperatorConfig(context.home);
  if (Object.hasOwn(config.profiles, name)) {
    throw usageFailure(
      `there is a profile "${name}" already`,
      `choose another name, or see it with: aster profile show ${name}`,
      "profile.exists",
    );
  }
  const first = Object.keys(config.profiles).length === 0;
  const profile = { signer: "local" };
  const changed = {
    ...config,
    ...(first && { active_profile: name }),
    profiles: { ...config.profiles, [name]: profile },
  };
  await writeOperatorConfig(context.home, changed);
  const facts = profileFacts(changed, name, profile);
  context.result(
    facts,
    `created profile ${name}${facts.active ? ", which is active" : ""}\n` +
      `make its root key with: aster keygen root --profile ${name}`,
  );
  return 0;
};
