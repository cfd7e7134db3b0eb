import { readFileSync } from "node:fs";
import { titleOf } from "./row.ts";
import type { Result } from "./run.ts";

/** A line of known-failing.txt. */
export interface KnownFailure {
  readonly target: RegExp;
  readonly title: RegExp;
  readonly reason: string;
  readonly text: string;
}

/** The rows of which it is known that they fail, and why. A row that is listed has to fail. */
export function knownFailures(): readonly KnownFailure[] {
  const text = readFileSync(new URL("./known-failing.txt", import.meta.url), "utf8");
  const reasons: { reason: string } = { reason: "" };
  const known: KnownFailure[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) reasons.reason = line.slice(1).trim();
    else if (line.trim() !== "") known.push(knownFailure(line.trim(), reasons.reason));
  }
  return known;
}

/** Why a row is known to fail, if it is. */
export function reasonFor(
  { target, row }: Pick<Result, "target" | "row">,
  known: readonly KnownFailure[],
): string | undefined {
  return known.find((one) => one.target.test(target) && one.title.test(titleOf(row)))?.reason;
}

/** Lines that no row of these results is meant by. */
export function idleLines(
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

/** `*` stands for anything. */
function pattern(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
