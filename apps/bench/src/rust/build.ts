import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * Builds the example of the native crate with the settings of the native module; returns the
 * program.
 */
export async function buildEcho(): Promise<string> {
  const args = ["build", "--locked", "--release", "--package", "aster-native", "--example", "echo"];
  const cargo = spawn("cargo", [...args, "--message-format", "json-render-diagnostics"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(cargo, "exit");
  ended.catch(() => {});
  let program: string | undefined;
  for await (const line of createInterface(cargo.stdout)) {
    const { target, executable } = JSON.parse(line) as {
      target?: { name: string };
      executable?: string | null;
    };
    if (target?.name === "echo" && typeof executable === "string") program = executable;
  }
  const [code] = await ended.catch(() => {
    throw new Error("the peer rust needs cargo, which was not found; install it or leave rust out");
  });
  if (code !== 0 || program === undefined)
    throw new Error("the peer rust could not be built; the error of cargo is above");
  return program;
}
