import { ourTargets } from "./our-targets.ts";
import { lineOf } from "./report.ts";
import { rows } from "./rows/index.ts";
import { runTarget } from "./run.ts";

export async function conformance(args: readonly string[]): Promise<number> {
  const full = args.includes("--full");
  let [passed, failed] = [0, 0];
  for (const target of ourTargets) {
    for (const result of await runTarget(target, rows, { full })) {
      process.stdout.write(`${lineOf(result, undefined)}\n`);
      if (result.wrong.length === 0) passed += 1;
      else failed += 1;
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
