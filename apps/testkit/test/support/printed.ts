import { vi } from "vitest";
import { runCommand } from "../../src/run-command.ts";

/** Runs a command of the testkit in this process and captures its output. */
export async function printed(...args: readonly string[]) {
  const [stdout, stderr] = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
  const texts: [out: string, errors: string] = ["", ""];
  for (const [at, stream] of [stdout, stderr].entries()) {
    stream.mockImplementation((text) => {
      texts[at as 0 | 1] += String(text);
      return true;
    });
  }
  try {
    const code = await runCommand(args);
    const [out, errors] = texts;
    return {
      code,
      lines: out
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
      errors,
    };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
