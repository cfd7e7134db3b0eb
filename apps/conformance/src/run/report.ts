import { titleOf } from "../row-kinds/row.ts";
import type { Result } from "./result.ts";

/** Returns the line of a row, followed by its deviations. */
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
      : `${line}\n    passes although known-failing.txt lists it: ${knownReason}`;
  }
  return [line, ...wrong.map((one) => `    ${one}`)].join("\n");
}
