import { UsageError } from "./usage.ts";

/** A command: takes its arguments and returns the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Makes a command of several, of which the first argument names one. */
export function commandOf(group: string, commands: Readonly<Record<string, Command>>): Command {
  return async ([name = "", ...args]) => {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command !== undefined) return await command(args);
    throw new UsageError(`${group} takes one of ${Object.keys(commands).join(" ")}, not "${name}"`);
  };
}
