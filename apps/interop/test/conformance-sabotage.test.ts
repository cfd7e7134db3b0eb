// A table that cannot fail shows nothing: each thing that is broken here has to be noticed by the rows that are about it.
import { describe, expect, it } from "vitest";
import { rows } from "../src/conformance/rows/index.ts";
import { runSabotage } from "../src/conformance/sabotage/run-sabotage.ts";
import { sabotages } from "../src/conformance/sabotage/sabotages.ts";

describe.concurrent("the rows notice that", () => {
  it.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))("%s", async (_, one) => {
    expect(await runSabotage(one, rows)).toEqual([]);
  });
});
