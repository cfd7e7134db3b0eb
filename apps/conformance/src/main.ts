// The conformance table as a program: `[--full] [WORD]...` runs the rows whose line contains all
// words, `--sabotage` breaks one guarantee after the other and checks that the rows about it fail.
import { pythonWithAster } from "./python/environment.ts";
import { titleOf } from "./row-kinds/row.ts";
import { rows } from "./rows/index.ts";
import { knownFailures, reasonFor, unusedLines } from "./run/known-failures.ts";
import { lineOf } from "./run/report.ts";
import type { Result } from "./run/result.ts";
import { TargetRuns } from "./run/target-runs.ts";
import { runSabotage } from "./sabotage/run-sabotage.ts";
import { sabotages } from "./sabotage/sabotages.ts";
import { pythonTargets } from "./targets/python-targets.ts";
import { typescriptTargets } from "./targets/typescript-targets.ts";

/** Runs the table on every target and prints a line per row; returns the exit code. */
async function table(args: readonly string[]): Promise<number> {
  const full = args.includes("--full");
  const words = args.filter((arg) => arg !== "--full");
  const chosen = (text: string) => words.every((word) => text.includes(word));
  const python = await pythonWithAster();
  const targets = [...typescriptTargets, ...("path" in python ? pythonTargets(python.path) : [])];
  const known = knownFailures();
  const results: Result[] = [];
  let failed = 0;
  const chosenBy = new Map(
    targets.map((target) => [
      target,
      rows.filter((row) => target.takes(row) && chosen(`${target.name} ${titleOf(row)}`)),
    ]),
  );
  const busy = targets.filter((target) => chosenBy.get(target)?.length);
  const runs = new TargetRuns(busy, (target) => chosenBy.get(target) ?? [], { full });
  for (const target of busy) {
    for (const result of await runs.of(target)) {
      const reason = reasonFor(result, known);
      results.push(result);
      if ((result.wrong.length === 0) === (reason !== undefined)) failed += 1;
      process.stdout.write(`${lineOf(result, reason)}\n`);
    }
  }
  const passed = results.length - failed;
  if (words.length === 0 && "path" in python) {
    for (const line of unusedLines(results, known)) {
      failed += 1;
      process.stdout.write(`✗ known-failing.txt: no row matches "${line}"\n`);
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Runs every sabotage and prints the rows that noticed it; returns the exit code. */
async function sabotage(): Promise<number> {
  let failed = 0;
  for (const one of sabotages) {
    const lines = await runSabotage(one, rows);
    if (lines.length > 0) failed += 1;
    process.stdout.write(`${lines.length > 0 ? "✗" : "✓"} ${one.name}\n`);
    for (const line of lines) process.stdout.write(`    ${line}\n`);
    if (lines.length > 0) continue;
    for (const title of one.fails) process.stdout.write(`    noticed by ${title}\n`);
  }
  process.stdout.write(`${sabotages.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

try {
  const args = process.argv.slice(2);
  process.exitCode = await (args.includes("--sabotage") ? sabotage() : table(args));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`conformance: ${reason}\n`);
  process.exitCode = 1;
}
