import type { Row } from "../row-kinds/row.ts";
import type { Target } from "../targets/target.ts";
import type { Result } from "./result.ts";
import { isRepeated, RowRunner, type RunOptions } from "./row-runner.ts";

/** Rows mostly wait, so this many run at the same time. */
const CONCURRENT_ROWS = 16;

/** Runs the rows that the target supports; returns the results in the order of the rows. */
export async function runTarget(
  target: Target,
  rows: readonly Row[],
  options: RunOptions,
): Promise<Result[]> {
  const runner = new RowRunner(target, options);
  try {
    const taken = rows.filter((row) => target.takes(row));
    const results = new Map<Row, Result>();
    const worker = async (queue: Row[]) => {
      for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
        results.set(row, await runner.run(row));
      }
    };
    const queue = taken.filter((row) => !isRepeated(row));
    await Promise.all(Array.from({ length: CONCURRENT_ROWS }, () => worker(queue)));
    // repeated rows load the machine, so each runs alone
    await worker(taken.filter(isRepeated));
    return taken.map((row) => results.get(row) as Result);
  } finally {
    await runner.close();
  }
}
