import { blob } from "./blob/blob.ts";
import { call } from "./call/call.ts";
import { codec } from "./codec/codec.ts";
import { doc } from "./doc/doc.ts";
import { failureLine } from "./failure.ts";
import { gossip } from "./gossip/gossip.ts";
import { emit } from "./json-lines.ts";
import { registry } from "./registry/registry.ts";
import { serve } from "./serve/serve.ts";
import type { Command } from "./subcommand.ts";
import { credential } from "./trust/credential.ts";
import { identity } from "./trust/identity.ts";
import { keys } from "./trust/keys.ts";
import { producerAdmission } from "./trust/producer-admission.ts";
import { revoke } from "./trust/revoke.ts";
import { UsageError, usage } from "./usage.ts";

const commands: Readonly<Record<string, Command>> = {
  serve,
  call,
  codec,
  keys,
  credential,
  identity,
  revoke,
  "producer-admission": producerAdmission,
  registry,
  blob,
  doc,
  gossip,
};

/**
 * Runs the command of a command line and returns the exit code: 2 for wrong usage, which is
 * described on stderr, and 1 for an error, which is a line on stdout.
 */
export async function runCommand([name = "", ...args]: readonly string[]): Promise<number> {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`there is no command "${name}"`);
    return await command(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`testkit: ${error.message}\n${usage}`);
      return 2;
    }
    emit(failureLine(error));
    return 1;
  }
}
