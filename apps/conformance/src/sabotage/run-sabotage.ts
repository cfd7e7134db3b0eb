import { type Row, titleOf } from "../row-kinds/row.ts";
import { runTarget } from "../run/run-target.ts";
import { typescriptTarget } from "../targets/typescript-targets.ts";
import type { Sabotage } from "./sabotage.ts";

/** A row that hangs fails, so a short time suffices. */
const ROW_MS = 2_500;

/**
 * Breaks one guarantee and runs the rows that must fail because of it; returns the rows that behave
 * otherwise, one line each.
 */
export async function runSabotage(sabotage: Sabotage, rows: readonly Row[]): Promise<string[]> {
  const { fails, passes } = sabotage;
  const target = typescriptTarget({ transport: "memory", mode: "xlang", zstd: true, sabotage });
  const wanted = [...fails, ...(passes === undefined ? [] : [passes])];
  const chosen = rows.filter((row) => wanted.includes(titleOf(row)) && target.takes(row));
  const results = await runTarget(target, chosen, { full: false, timeoutMs: ROW_MS });
  const lines: string[] = [];
  for (const title of wanted) {
    const result = results.find(({ row }) => titleOf(row) === title);
    if (result === undefined) lines.push(`there is no row ${title}`);
    else if (title === passes) lines.push(...result.wrong.map((one) => `${title} fails: ${one}`));
    else if (result.wrong.length === 0) lines.push(`${title} passes`);
  }
  return lines;
}
