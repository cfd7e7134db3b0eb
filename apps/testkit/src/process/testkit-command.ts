import { fileURLToPath } from "node:url";

/** The path of the testkit's program, which Node runs with tsx. */
export const testkitMain: string = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The command that starts the testkit; its arguments follow. */
export const testkitCommand: readonly [node: string, ...args: string[]] = [
  process.execPath,
  "--import",
  import.meta.resolve("tsx"),
  testkitMain,
];
