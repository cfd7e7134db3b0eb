import { call } from "./call.ts";
import { codec } from "./codec/command.ts";
import { conformance } from "./conformance/command.ts";
import { serve } from "./serve.ts";
import { UsageError, usage } from "./usage.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve,
  call,
  codec,
  conformance,
};

try {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command "${name}"`);
  process.exitCode = await command(args);
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`testkit: ${error.message}\n${usage}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`testkit: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
