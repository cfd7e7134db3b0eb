import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Returns the arguments with which Node runs a program: its bundle, if the tests have made one
 * under this name, or its source with tsx.
 */
export function programArgs(name: string, source: string): readonly string[] {
  const folder = process.env.TEST_PROGRAMS;
  if (folder !== undefined) return [join(folder, `${name}.mjs`)];
  return ["--import", import.meta.resolve("tsx"), source];
}

/** The arguments with which Node runs the testkit; its own arguments follow. */
export const testkitProgram: readonly string[] = programArgs(
  "testkit",
  fileURLToPath(new URL("../main.ts", import.meta.url)),
);

/** The command that starts the testkit; its arguments follow. */
export const testkitCommand: readonly [node: string, ...args: string[]] = [
  process.execPath,
  ...testkitProgram,
];
