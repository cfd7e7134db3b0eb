// The testkit: a server, a client and a codec that other programs control with command lines and
// JSON lines. Stdout carries JSON lines only; usage errors end with exit code 2.
import { call } from "./call/call.ts";
import { codec } from "./codec/codec.ts";
import { serve } from "./serve/serve.ts";
import { UsageError, usage } from "./usage.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve,
  call,
  codec,
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
