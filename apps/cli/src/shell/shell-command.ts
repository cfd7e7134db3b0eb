import type { Shell } from "./shell.ts";
import type { Word } from "./words.ts";

/** A command of the shell. */
export interface ShellCommand {
  readonly name: string;
  readonly usage: string;
  readonly text: string;
  /** The first argument is completed as a path or as a session-scoped service. */
  readonly completes?: "path" | "session" | undefined;
  run(shell: Shell, words: readonly Word[], signal: AbortSignal): Promise<void>;
}
