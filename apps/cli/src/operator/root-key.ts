import type { RootKeypair } from "@aster/trust";
import { KeyError, readRootKey, rootKeyring } from "@aster/trust/files";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import { readOperatorConfig } from "./operator-config.ts";
import { askPassphrase, passphraseInFile } from "./passphrase.ts";
import { chosenProfile, profileOf } from "./profile-name.ts";

/** The root key that a command signs with. */
export interface RootKeyChoice {
  /** The path of a key file. */
  readonly rootKey?: string | undefined;
  readonly profile?: string | undefined;
}

/** Reads the root key of a file or of a profile. The caller disposes of its secret. */
export async function rootKeyOf(
  context: CommandContext,
  { rootKey, profile }: RootKeyChoice,
): Promise<RootKeypair> {
  if (rootKey !== undefined && profile !== undefined) {
    throw usageFailure("--root-key and --profile exclude each other", "give one of them");
  }
  return rootKey === undefined
    ? await keyOfProfile(context, profile)
    : await readKeyFile(context, context.path(rootKey));
}

async function keyOfProfile(
  context: CommandContext,
  option: string | undefined,
): Promise<RootKeypair> {
  const config = await readOperatorConfig(context.home);
  const name = chosenProfile(context, config, option);
  const { root_key_file: file, root_pubkey: expected } = profileOf(config, name);
  const found =
    file === undefined
      ? await rootKeyring({ profile: name, openEntry: context.host.openKeyringEntry }).read()
      : await readKeyFile(context, file);
  if (found === undefined) {
    throw usageFailure(
      `the profile "${name}" has no root key`,
      `make one with: aster keygen root --profile ${name}, or name a file with --root-key`,
      "key.missing",
    );
  }
  if (expected === undefined || expected === found.publicKey) return found;
  found.secretKey.dispose();
  throw usageFailure(
    `the stored root key is not that of the profile "${name}"`,
    "name the right file with --root-key",
    "key.malformed",
  );
}

async function readKeyFile(context: CommandContext, path: string): Promise<RootKeypair> {
  try {
    return await readRootKey(path, { passphrase: await passphraseInFile(context) });
  } catch (error) {
    const sealed = error instanceof KeyError && error.code === "passphrase";
    if (!sealed || context.host.env.ASTER_PASSPHRASE_FILE) throw error;
    return await readRootKey(path, { passphrase: await askPassphrase(context, "Passphrase") });
  }
}
