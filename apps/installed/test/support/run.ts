import { execFile } from "node:child_process";

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Trimmed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns the part of an output that an error shows; a line of a bundle can have megabytes. */
function shown(output: string): string {
  const lines = output.split("\n").map((line) => line.slice(0, 1000));
  return lines.slice(-60).join("\n");
}

// an install downloads packages, and the machine may be busy
const TIMEOUT_MS = 600_000;

/** Runs a command and returns its outputs. Rejects with both when it fails. */
export function runWithErrors(
  command: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
      timeout: TIMEOUT_MS,
    };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout: stdout.trim(), stderr: stderr.trim() });
      else
        reject(
          new Error(`${command} ${args.join(" ")} failed\n${shown(stdout)}\n${shown(stderr)}`),
        );
    });
  });
}

/** Runs a command and returns its trimmed stdout. Rejects with both outputs when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  return (await runWithErrors(command, args, options)).stdout;
}
