import { titleOf } from "./row.ts";
import type { Result } from "./run.ts";

/** One line of a row, and what was wrong below it. */
export function lineOf(
  { target, row, wrong, ms }: Result,
  knownReason: string | undefined,
): string {
  const failed = wrong.length > 0;
  const mark = knownReason === undefined ? (failed ? "✗" : "✓") : failed ? "∼" : "✗";
  const line = `${mark} ${target} ${titleOf(row)} ${Math.round(ms)} ms`;
  if (knownReason !== undefined) {
    return failed
      ? `${line} (known: ${knownReason})`
      : `${line}\n    does not fail, though known-failing.txt says so: ${knownReason}`;
  }
  return [line, ...wrong.map((one) => `    ${one}`)].join("\n");
}
