import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** Prints the completions of a command line for the script of `aster completion`. */
export function complete(program: Command, words: readonly string[]): void {
  const root = tab(program, { completionCommandName: "completions" });
  root.parse([...(words[0] === "--" ? words.slice(1) : words)]);
}
