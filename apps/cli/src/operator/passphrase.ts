import type { CommandContext } from "../command/context.ts";
import { interruption, usageFailure } from "../command/failure.ts";
import { readText } from "../files/read-file.ts";

/** The passphrase in the file that `ASTER_PASSPHRASE_FILE` names, `undefined` without it. */
export async function passphraseInFile(context: CommandContext): Promise<string | undefined> {
  const { ASTER_PASSPHRASE_FILE: file } = context.host.env;
  if (!file) return undefined;
  const [line = ""] = (await readText(context.path(file))).split(/\r?\n/);
  if (line !== "") return line;
  throw usageFailure(`${file} contains no passphrase`, "write it into the first line");
}

/** Asks for a passphrase on the terminal. It is not echoed. */
export async function askPassphrase(context: CommandContext, question: string): Promise<string> {
  const { stdin, stderr } = context.host;
  if (stdin.isTTY !== true) {
    throw usageFailure(
      "a passphrase is needed, and stdin is not a terminal",
      "name a file with it in ASTER_PASSPHRASE_FILE",
      "key.passphrase",
    );
  }
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await password({ message: question, input: stdin, output: stderr });
  if (isCancel(answer)) throw interruption();
  if (answer) return answer;
  throw usageFailure("the passphrase is empty", "run the command again", "key.passphrase");
}

/** The passphrase for a new key: that of the file, one that is asked for twice, or none. */
export async function newPassphrase(
  context: CommandContext,
  asks: boolean,
): Promise<string | undefined> {
  const given = await passphraseInFile(context);
  if (given !== undefined || !asks) return given;
  const first = await askPassphrase(context, "Passphrase of the new key");
  if (first === (await askPassphrase(context, "The same passphrase again"))) return first;
  throw usageFailure("the passphrases differ", "run the command again", "key.passphrase");
}
