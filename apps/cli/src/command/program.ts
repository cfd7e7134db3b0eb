import { Argument, Command, Option } from "commander";
import type { Host } from "../host.ts";
import { CommandContext, type GlobalOptions } from "./context.ts";
import {
  type CommandSpec,
  type GroupSpec,
  type Invocation,
  isGroup,
  type OptionSpec,
} from "./spec.ts";

/** The options of every command, for the program, the help and docs/cli.md. */
export const globalOptions: readonly OptionSpec[] = [
  { flags: "--json", text: "print one JSON object, for programs; streams print one a line" },
  {
    flags: "--home <dir>",
    text: "the folder of the operator (default: ASTER_HOME, else ~/.aster)",
  },
  { flags: "--timeout <seconds>", text: "the time for a connection and for each call" },
  {
    flags: "--log-level <level>",
    text: "print a log on stderr",
    choices: ["debug", "info", "warn", "error"],
  },
  {
    flags: "--relay <relay>",
    text: "default, disabled, or the URL of a relay (default: ASTER_RELAY_MODE)",
  },
];

const VERSION_FLAGS: readonly string[] = ["-V", "--version"];

/** The end of the command that ran. */
export interface Finished {
  exitCode: number;
}

/**
 * Makes the commander program of the commands for the command line `argv`. It throws
 * `CommanderError` instead of exiting.
 */
export function makeProgram(
  specs: readonly (CommandSpec | GroupSpec)[],
  host: Host,
  version: string,
  argv: readonly string[],
): { readonly program: Command; readonly finished: Finished } {
  const finished: Finished = { exitCode: 0 };
  const program = new Command("aster");
  program
    .description("Keys, enrolment, contracts and calls of Aster.")
    .helpOption("-h, --help", "print the help of a command")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // printed by the caller, who knows about --json
      outputError: () => {},
    })
    .exitOverride();
  // after a command the flag is the command's own
  if (!hasCommandFirst(argv, specs)) {
    program.version(version, VERSION_FLAGS.join(", "), "print the version");
  }
  for (const option of globalOptions) program.addOption(optionOf(option));
  for (const spec of specs) addSpec(program, spec, host, finished);
  return { program, finished };
}

/** Returns `true` if the name of a command comes before a flag that asks for the version. */
function hasCommandFirst(
  argv: readonly string[],
  specs: readonly (CommandSpec | GroupSpec)[],
): boolean {
  const names = specs.map(({ name }) => name);
  const first = argv.find((word) => VERSION_FLAGS.includes(word) || names.includes(word));
  return first !== undefined && names.includes(first);
}

function addSpec(
  parent: Command,
  spec: CommandSpec | GroupSpec,
  host: Host,
  finished: Finished,
): void {
  const command = parent.createCommand(spec.name).copyInheritedSettings(parent);
  command.description(spec.summary).helpOption("-h, --help", "print this help");
  if (isGroup(spec)) {
    command.helpCommand(false);
    for (const each of spec.commands) addSpec(command, each, host, finished);
  } else {
    for (const { name, text, choices } of spec.args ?? []) {
      const argument = new Argument(name, text);
      command.addArgument(choices === undefined ? argument : argument.choices(choices));
    }
    for (const option of spec.options ?? []) command.addOption(optionOf(option));
    const details = spec.details === undefined ? "" : `\n${spec.details}\n`;
    const examples = spec.examples.map((one) => `  ${one}`).join("\n");
    command.addHelpText("after", `${details}\nExamples:\n${examples}`);
    command.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2) as (string | string[] | undefined)[];
      const options = command.opts() as Invocation["options"];
      const context = new CommandContext(host, command.optsWithGlobals() as GlobalOptions);
      const run = await spec.load();
      finished.exitCode = (await run(context, { args: args.flat(), options })) ?? 0;
    });
  }
  parent.addCommand(command);
}

function optionOf({ flags, text, choices, required, repeats, ...spec }: OptionSpec): Option {
  const option = new Option(flags, text);
  if (choices !== undefined) option.choices(choices);
  if (spec.default !== undefined) option.default(spec.default);
  if (required === true) option.makeOptionMandatory();
  if (repeats === true) {
    option.argParser<readonly string[]>((value, list) => [...(list ?? []), value]);
  }
  return option;
}
