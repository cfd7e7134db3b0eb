// Proves that the rows can fail: each sabotage breaks one guarantee, and the rows about it must
// notice.
import { describe, expect, it } from "vitest";
import { rows } from "../src/rows/index.ts";
import { runSabotage } from "../src/sabotage/run-sabotage.ts";
import { sabotages } from "../src/sabotage/sabotages.ts";

describe.concurrent("the rows notice that", () => {
  it.each(sabotages.map((sabotage) => [sabotage.name, sabotage] as const))("%s", async (_, one) => {
    expect(await runSabotage(one, rows)).toEqual([]);
  });
});
