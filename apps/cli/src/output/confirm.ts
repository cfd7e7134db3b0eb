import type { CommandContext } from "../command/context.ts";
import { interruption, usageFailure } from "../command/failure.ts";

/** Asks a question on the terminal. Throws a failure unless the answer is yes. */
export async function confirm(context: CommandContext, question: string): Promise<void> {
  const { stdin, stderr } = context.host;
  if (stdin.isTTY !== true) {
    throw usageFailure("stdin is not a terminal to ask for a confirmation", "pass --yes");
  }
  const prompts = await import("@clack/prompts");
  const answer = await prompts.confirm({
    message: question,
    initialValue: false,
    input: stdin,
    output: stderr,
  });
  if (answer !== true) throw interruption();
}
