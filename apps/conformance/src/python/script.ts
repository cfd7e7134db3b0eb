import { fileURLToPath } from "node:url";
import { Child } from "@aster-apps/testkit/process";

const shared = fileURLToPath(new URL("../../python/shared", import.meta.url));

/** Starts a Python script that speaks JSON lines. It can import the modules of python/shared. */
export function pythonScript(python: string, script: URL, ...args: readonly string[]): Child {
  return new Child(python, ["-B", fileURLToPath(script), ...args], { PYTHONPATH: shared });
}
