import { pythonWithWheel } from "../process/python.ts";
import { idleLines, knownFailures, reasonFor } from "./known-failing.ts";
import { ourTargets } from "./our-targets.ts";
import { lineOf } from "./report.ts";
import { titleOf } from "./row.ts";
import { rows } from "./rows/index.ts";
import type { Result } from "./run.ts";
import { runSabotage } from "./sabotage/run-sabotage.ts";
import { sabotages } from "./sabotage/sabotages.ts";
import { TargetRuns } from "./target-runs.ts";
import { wheelTargets } from "./wheel-targets.ts";

/** Runs the table on every target and prints a line per row; the exit code is 0 when all went as expected. */
export async function conformance(args: readonly string[]): Promise<number> {
  if (args.includes("--sabotage")) return await sabotage();
  const full = args.includes("--full");
  const words = args.filter((arg) => arg !== "--full");
  const chosen = (text: string) => words.every((word) => text.includes(word));
  const python = await pythonWithWheel();
  const targets = [...ourTargets, ...("path" in python ? wheelTargets(python.path) : [])];
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
    for (const line of idleLines(results, known)) {
      failed += 1;
      process.stdout.write(`✗ known-failing.txt: no row is meant by "${line}"\n`);
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Breaks one thing after the other; the exit code is 0 when the rows noticed all of them. */
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
