import { UsageError } from "../usage.ts";
import { acl } from "./acl.ts";
import { manifest } from "./manifest.ts";
import { resolve } from "./resolve.ts";
import { watch } from "./watch.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  resolve,
  watch,
  manifest,
  acl,
};

/** The `registry` command: one of its parts. Returns the exit code. */
export async function registry([name = "", ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return await command(args);
  throw new UsageError(`registry takes one of ${Object.keys(commands).join(" ")}, not "${name}"`);
}
