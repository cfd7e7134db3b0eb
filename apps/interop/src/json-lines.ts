import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Writes one line of JSON to stdout, which carries nothing else. */
export function emit(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Calls `take` with every line of `input` that is JSON; what is not goes to stderr and is passed over. */
export function onJsonLine(input: Readable, take: (value: unknown) => void): void {
  const lines = createInterface({ input });
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      process.stderr.write(`testkit: not a line of JSON: ${line.slice(0, 80)}\n`);
      return;
    }
    take(value);
  });
}
