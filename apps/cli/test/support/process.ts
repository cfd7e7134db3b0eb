// Runs `aster` as a process of its own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const mainModule: string = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

/** The arguments of node that run `aster`. */
export const asterArgs: readonly string[] = ["--import", tsx, mainModule];

export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly preload?: string | undefined;
  readonly input?: string | undefined;
}

/** Resolves when the process has ended. */
export async function asterProcess(
  args: readonly string[],
  { cwd, env, preload, input = "" }: ProcessOptions,
): Promise<ProcessResult> {
  const preloads = preload === undefined ? [] : ["--import", preload];
  const child = spawn(process.execPath, [...preloads, ...asterArgs, ...args], {
    cwd,
    env: { ...process.env, ASTER_RELAY_MODE: "disabled", ...env },
  });
  child.stdin.end(input);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...texts };
}
