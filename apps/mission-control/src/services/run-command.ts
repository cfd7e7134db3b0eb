import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { CommandResult } from "./messages.ts";

const COMMAND_MS = 60_000;
const OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs a command line with `sh`, without input. It is killed with its child processes after 60 s,
 * when an output exceeds 1 MiB, and when `signal` fires; processes that it leaves behind are killed
 * at its end.
 */
export async function runCommand(command: string, signal: AbortSignal): Promise<CommandResult> {
  // a process group of its own, so that its children can be killed too
  const shell = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = () => killGroup(shell.pid);
  const stdout = collect(shell.stdout, kill);
  const stderr = collect(shell.stderr, kill);
  const timer = setTimeout(kill, COMMAND_MS);
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  shell.once("exit", kill);
  try {
    const [code] = (await once(shell, "close")) as [number | null];
    return { stdout: stdout(), stderr: stderr(), exit_code: code ?? -1 };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // the group has ended
  }
}

/** Collects an output up to the limit. Returns the function that reads it as text. */
function collect(output: Readable, onExcess: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  output.on("data", (chunk: Buffer) => {
    if (bytes < OUTPUT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > OUTPUT_BYTES) onExcess();
  });
  return () => Buffer.concat(chunks).subarray(0, OUTPUT_BYTES).toString();
}
