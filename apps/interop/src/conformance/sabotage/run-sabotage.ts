import { ourTarget } from "../our-targets.ts";
import { type Row, titleOf } from "../row.ts";
import { runTarget } from "../run.ts";
import type { Sabotage } from "./sabotage.ts";

/** A row that hangs has noticed. */
const PATIENCE_MS = 2_500;

/** Breaks one thing and runs the rows that have to notice; what did not go so, one line each. */
export async function runSabotage(sabotage: Sabotage, rows: readonly Row[]): Promise<string[]> {
  const { fails, passes } = sabotage;
  const target = ourTarget({ transport: "memory", mode: "xlang", zstd: true, sabotage });
  const wanted = [...fails, ...(passes === undefined ? [] : [passes])];
  const chosen = rows.filter((row) => wanted.includes(titleOf(row)) && target.takes(row));
  const results = await runTarget(target, chosen, { full: false, patienceMs: PATIENCE_MS });
  const lines: string[] = [];
  for (const title of wanted) {
    const result = results.find(({ row }) => titleOf(row) === title);
    if (result === undefined) lines.push(`${title} is no row`);
    else if (title === passes) lines.push(...result.wrong.map((one) => `${title} fails: ${one}`));
    else if (result.wrong.length === 0) lines.push(`${title} passes`);
  }
  return lines;
}
