import { beforeAll, describe, expect, it } from "vitest";
import { ourTargets } from "../src/conformance/our-targets.ts";
import { titleOf } from "../src/conformance/row.ts";
import { rows } from "../src/conformance/rows/index.ts";
import { type Result, runTarget } from "../src/conformance/run.ts";

const TARGET_MS = 120_000;

it("no two rows have the same name", () => {
  const titles = rows.map(titleOf);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});

describe.each(ourTargets.map((target) => [target.name, target] as const))("%s", (_, target) => {
  const taken = rows.filter((row) => target.takes(row));
  let results: Result[] = [];

  beforeAll(async () => {
    results = await runTarget(target, taken, { full: false });
  }, TARGET_MS);

  it.each(taken.map((row, index) => [titleOf(row), index] as const))("%s", (_, index) => {
    expect(results[index]?.wrong).toEqual([]);
  });
});
