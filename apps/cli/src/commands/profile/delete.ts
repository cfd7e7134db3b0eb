import { KeyError, rootKeyring } from "@aster/trust/files";
import type { CommandContext } from "../../command/context.ts";
import type { Run } from "../../command/spec.ts";
import { readOperatorConfig, writeOperatorConfig } from "../../operator/operator-config.ts";
import { profileFacts } from "../../operator/profile-facts.ts";
import { profileOf } from "../../operator/profile-name.ts";
import { confirm } from "../../output/confirm.ts";

export const remove: Run = async (context, { args: [name = ""], options }) => {
  const config = await readOperatorConfig(context.home);
  const profile = profileOf(config, name);
  const { keyIn } = profileFacts(config, name, profile);
  const loss = keyIn === "keyring" ? " and its root key in the keyring" : "";
  if (options.yes !== true) await confirm(context, `Delete the profile ${name}${loss}?`);
  if (profile.root_pubkey !== undefined && keyIn !== "file") await removeKey(context, name);
  const { [name]: _, ...profiles } = config.profiles;
  const [next = "default"] = Object.keys(profiles);
  const active_profile = config.active_profile === name ? next : config.active_profile;
  const changed = { ...config, active_profile, profiles };
  await writeOperatorConfig(context.home, changed);
  context.result(
    { ...profileFacts(changed, name, profile), active: false },
    `deleted profile ${name}${loss}`,
  );
  return 0;
};

/** Removes the key if there is a keyring. Without one the profile has no key in it. */
async function removeKey(context: CommandContext, profile: string): Promise<void> {
  try {
    await rootKeyring({ profile, openEntry: context.host.openKeyringEntry }).remove();
  } catch (error) {
    if (!(error instanceof KeyError) || error.code !== "keyring") throw error;
    context.note(`the keyring was not changed: ${error.message}`);
  }
}
