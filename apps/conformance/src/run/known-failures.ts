import { readFileSync } from "node:fs";
import { titleOf } from "../row-kinds/row.ts";
import type { Result } from "./result.ts";

/** A line of known-failing.txt. */
export interface KnownFailure {
  readonly target: RegExp;
  readonly title: RegExp;
  readonly reason: string;
  readonly text: string;
}

/** Reads known-failing.txt: the rows that must fail, and the reasons. */
export function knownFailures(): readonly KnownFailure[] {
  const text = readFileSync(new URL("../../known-failing.txt", import.meta.url), "utf8");
  const known: KnownFailure[] = [];
  let reason = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) reason = line.slice(1).trim();
    else if (line.trim() !== "") known.push(knownFailure(line.trim(), reason));
  }
  return known;
}

/** Returns the reason for which a row is expected to fail, if it is. */
export function reasonFor(
  { target, row }: Pick<Result, "target" | "row">,
  known: readonly KnownFailure[],
): string | undefined {
  return known.find((one) => one.target.test(target) && one.title.test(titleOf(row)))?.reason;
}

/** Returns the lines that match none of these results. */
export function unusedLines(
  results: readonly Pick<Result, "target" | "row">[],
  known: readonly KnownFailure[],
): readonly string[] {
  return known
    .filter(
      ({ target, title }) =>
        !results.some((one) => target.test(one.target) && title.test(titleOf(one.row))),
    )
    .map(({ text }) => text);
}

function knownFailure(line: string, reason: string): KnownFailure {
  const gap = line.indexOf(" ");
  return {
    target: pattern(line.slice(0, gap)),
    title: pattern(line.slice(gap + 1).trim()),
    reason,
    text: line,
  };
}

/** Converts a glob; `*` matches any text. */
function pattern(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
