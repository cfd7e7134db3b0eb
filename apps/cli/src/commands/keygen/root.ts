import { generateRootKeypair, type RootKeypair } from "@aster/trust";
import { KeyError, rootKeyring } from "@aster/trust/files";
import type { CommandContext } from "../../command/context.ts";
import { usageFailure } from "../../command/failure.ts";
import type { Invocation, Run } from "../../command/spec.ts";
import { writeWhole } from "../../files/write-file.ts";
import { readOperatorConfig, writeOperatorConfig } from "../../operator/operator-config.ts";
import { chosenProfile, newProfileName } from "../../operator/profile-name.ts";
import { keyFileResult, type MadeKey, makeKeyFile } from "../../operator/root-key-file.ts";

export const root: Run = async (context, { options }) => {
  const out = (options.out ?? options.keyFile) as string | undefined;
  const made =
    out === undefined ? await inKeyring(context, options) : await inFile(context, out, options);
  keyFileResult(context, made);
  return 0;
};

async function inFile(
  context: CommandContext,
  out: string,
  options: Invocation["options"],
): Promise<MadeKey> {
  const { profile, force } = options;
  const name = typeof profile === "string" ? newProfileName(profile) : undefined;
  if (name !== undefined) await checkProfile(context, name, force === true);
  const made = await makeKeyFile(context, out, {
    force: force === true,
    asksPassphrase: options.passphrase === true,
  });
  if (name !== undefined) {
    await setKey(context, name, { root_pubkey: made.publicKey, root_key_file: made.keyIn });
  }
  return made;
}

async function inKeyring(
  context: CommandContext,
  { profile, force }: Invocation["options"],
): Promise<MadeKey> {
  const config = await readOperatorConfig(context.home);
  const name = newProfileName(chosenProfile(context, config, profile as string | undefined));
  await checkProfile(context, name, force === true);
  const keyring = rootKeyring({ profile: name, openEntry: context.host.openKeyringEntry });
  const made = await generateRootKeypair();
  using _ = made.secretKey;
  if (force === true) await keyring.remove().catch(withoutKeyring);
  await keyring.store(made).catch(withoutKeyring);
  const publicKeyFile = context.path(`${context.home}/${name}.pub`);
  await setKey(context, name, { root_pubkey: made.publicKey, root_key_in: "keyring" });
  await writeWhole(publicKeyFile, `${JSON.stringify({ public_key: made.publicKey })}\n`, {
    force: true,
  });
  return { publicKey: made.publicKey, keyIn: "keyring", publicKeyFile };
}

function withoutKeyring(error: unknown): never {
  if (!(error instanceof KeyError) || error.code !== "keyring") throw error;
  throw usageFailure(
    `there is no keyring to keep the root key in (${error.message})`,
    "unlock or install a keyring, or write the key into a file with --out FILE",
    "key.keyring",
  );
}

/** A profile with a root key would lose it. */
async function checkProfile(context: CommandContext, name: string, force: boolean): Promise<void> {
  const { profiles } = await readOperatorConfig(context.home);
  const { root_pubkey } = (Object.hasOwn(profiles, name) ? profiles[name] : undefined) ?? {};
  if (root_pubkey === undefined || force) return;
  throw usageFailure(
    `the profile "${name}" has the root key ${root_pubkey}`,
    "choose another profile, or --force to replace the key",
    "profile.exists",
  );
}

async function setKey(
  context: CommandContext,
  name: string,
  key: Pick<RootKeypair, never> & Record<string, string>,
): Promise<void> {
  const config = await readOperatorConfig(context.home);
  const {
    root_key_file: _,
    root_key_in: __,
    ...profile
  } = config.profiles[name] ?? {
    signer: "local",
  };
  const first = Object.keys(config.profiles).length === 0;
  await writeOperatorConfig(context.home, {
    ...config,
    ...(first && { active_profile: name }),
    profiles: { ...config.profiles, [name]: { ...profile, ...key } as typeof profile },
  });
}
