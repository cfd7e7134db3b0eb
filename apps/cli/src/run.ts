import { CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { ExitCode, interruption } from "./command/failure.ts";
import { failureOf } from "./command/failure-of.ts";
import { makeProgram } from "./command/program.ts";
import { report } from "./command/report.ts";
import { commands } from "./commands/index.ts";
import type { Host } from "./host.ts";

/** Runs one command line, without the words `node` and `aster`. Resolves with the exit code. */
export async function runAster(argv: readonly string[], host: Host): Promise<number> {
  const { program, finished } = makeProgram(commands, host, manifest.version, argv);
  try {
    if (argv[0] === "complete") {
      (await import("./complete.ts")).complete(program, argv.slice(1));
      return 0;
    }
    await program.parseAsync(argv, { from: "user" });
    return finished.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // a group without its command; commander has printed the help on stderr
    if (error instanceof CommanderError && error.code === "commander.help") return ExitCode.USAGE;
    const failure = host.interrupted.aborted ? interruption() : await failureOf(error);
    report(failure, host, argv.includes("--json"));
    // the place of a fault, for its report
    const { logLevel } = program.opts();
    if (logLevel === "debug") host.stderr.write(`${(failure.cause as Error | undefined)?.stack}\n`);
    return failure.exitCode;
  }
}
