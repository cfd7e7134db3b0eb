import { pythonWithWheel } from "../process/python.ts";
import { idleLines, knownFailures, reasonFor } from "./known-failing.ts";
import { ourTargets } from "./our-targets.ts";
import { lineOf } from "./report.ts";
import { titleOf } from "./row.ts";
import { rows } from "./rows/index.ts";
import { type Result, runTarget } from "./run.ts";
import { wheelTargets } from "./wheel-targets.ts";

/** Runs the table on every target and prints a line per row; the exit code is 0 when all went as expected. */
export async function conformance(args: readonly string[]): Promise<number> {
  const full = args.includes("--full");
  const words = args.filter((arg) => arg !== "--full");
  const chosen = (text: string) => words.every((word) => text.includes(word));
  const python = await pythonWithWheel();
  const targets = [...ourTargets, ...("path" in python ? wheelTargets(python.path) : [])];
  const known = knownFailures();
  const results: Result[] = [];
  let failed = 0;
  for (const target of targets) {
    const wanted = rows.filter((row) => chosen(`${target.name} ${titleOf(row)}`));
    for (const result of await runTarget(target, wanted, { full })) {
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
