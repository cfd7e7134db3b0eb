import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Writes one line of JSON to stdout. Logs go to stderr. */
export function emit(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Calls back when the reader of stdout or stderr has closed its end, as `head` does. Further lines
 * are dropped.
 */
export function onReaderGone(gone: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      gone();
    });
  }
}

/**
 * Passes every line of JSON from `input` to `take`. Other lines are reported on stderr and skipped.
 */
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
