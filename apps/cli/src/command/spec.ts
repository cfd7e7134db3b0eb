import type { CommandContext } from "./context.ts";

/** An option of a command, in the notation of commander: `-o, --out <file>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly text: string;
  readonly default?: string | boolean | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly required?: boolean | undefined;
  /** The option can be given several times; its value is a list. */
  readonly repeats?: boolean | undefined;
}

/** An argument of a command: `<file>`, `[json]` or `<name...>`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly text: string;
  readonly choices?: readonly string[] | undefined;
}

/** The arguments and options of one invocation, not checked beyond their {@link CommandSpec}. */
export interface Invocation {
  readonly args: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** Runs a command. Resolves with the exit code, `undefined` for 0. */
export type Run = (context: CommandContext, invocation: Invocation) => Promise<number | undefined>;

/** A command. Its code is loaded when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Further sentences for the help and docs/cli.md. */
  readonly details?: string | undefined;
  readonly args?: readonly ArgumentSpec[] | undefined;
  readonly options?: readonly OptionSpec[] | undefined;
  /** Command lines that work in the folder of test/examples, in this order. */
  readonly examples: readonly string[];
  readonly load: () => Promise<Run>;
}

/** Commands with a common first word. */
export interface GroupSpec {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandSpec[];
}

export const isGroup = (spec: CommandSpec | GroupSpec): spec is GroupSpec => "commands" in spec;
