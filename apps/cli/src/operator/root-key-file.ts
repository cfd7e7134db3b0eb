import { rm } from "node:fs/promises";
import { generateRootKeypair } from "@aster/trust";
import { rootPubkeyPath, writeRootKey } from "@aster/trust/files";
import type { CommandContext } from "../command/context.ts";
import { columns } from "../output/table.ts";
import { newPassphrase } from "./passphrase.ts";

/** A new root key, without the secret. */
export interface MadeKey {
  readonly publicKey: string;
  /** `keyring`, or the absolute path of the file. */
  readonly keyIn: string;
  readonly publicKeyFile: string;
}

export interface KeyFileChoice {
  /** Replaces the files. */
  readonly force: boolean;
  readonly asksPassphrase: boolean;
}

/** Makes a root key in a file, mode 0600, with the public key beside it. */
export async function makeKeyFile(
  context: CommandContext,
  out: string,
  { force, asksPassphrase }: KeyFileChoice,
): Promise<MadeKey> {
  const path = context.path(out);
  const passphrase = await newPassphrase(context, asksPassphrase);
  const keypair = await generateRootKeypair();
  using _ = keypair.secretKey;
  const publicKeyFile = rootPubkeyPath(path);
  if (force) await Promise.all([path, publicKeyFile].map((old) => rm(old, { force: true })));
  await writeRootKey(path, keypair, { passphrase });
  return { publicKey: keypair.publicKey, keyIn: path, publicKeyFile };
}

export function keyFileResult(context: CommandContext, made: MadeKey): void {
  context.result(made, () =>
    columns([
      ["public key", made.publicKey],
      ["root key in", made.keyIn],
      ["public key in", made.publicKeyFile],
    ]),
  );
}
