// config.toml in the folder of the operator, which the aster command of the Python package shares.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceProtected } from "@aster/trust/files";
import { parse, stringify } from "smol-toml";
import { z } from "zod";
import { usageFailure } from "../command/failure.ts";

const profileShape = z.looseObject({
  root_pubkey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .catch(undefined),
  signer: z.string().default("local"),
  /** The place of the root key, if this command stored it. */
  root_key_file: z.string().optional(),
  root_key_in: z.literal("keyring").optional(),
});

const configShape = z.looseObject({
  active_profile: z.string().default("default"),
  profiles: z.record(z.string(), profileShape).default({}),
});

/** One profile: the root key of a mesh. Keys of other programs are kept. */
export type Profile = z.output<typeof profileShape>;

/** The profiles of the operator. */
export type OperatorConfig = z.output<typeof configShape>;

const pathIn = (home: string): string => join(home, "config.toml");

/** Reads the profiles. Without a file there are none; nothing is made. */
export async function readOperatorConfig(home: string): Promise<OperatorConfig> {
  const path = pathIn(home);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return configShape.parse({});
    throw error;
  }
  try {
    return configShape.parse(parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : "it is not valid TOML";
    throw usageFailure(
      `${path} cannot be read: ${problem}`,
      "correct or remove it",
      "file.malformed",
    );
  }
}

/** Writes the profiles, mode 0600, in a folder of mode 0700. */
export async function writeOperatorConfig(home: string, config: OperatorConfig): Promise<void> {
  await replaceProtected(pathIn(home), stringify(config));
}
