import { contractIdOf } from "@aster/rpc";
import { beforeAll, describe, expect, it } from "vitest";
import { pythonWithAster } from "../src/python/environment.ts";
import { type Row, titleOf } from "../src/row-kinds/row.ts";
import { rows } from "../src/rows/index.ts";
import { scenarioRows } from "../src/rows/scenarios.ts";
import { knownFailures, reasonFor, unusedLines } from "../src/run/known-failures.ts";
import type { Result } from "../src/run/result.ts";
import { TargetRuns } from "../src/run/target-runs.ts";
import { Conformance, ConformanceSession } from "../src/service/definitions.ts";
import { PythonHost } from "../src/targets/python-host.ts";
import { pythonTargets } from "../src/targets/python-targets.ts";
import type { Target } from "../src/targets/target.ts";
import { typescriptTargets } from "../src/targets/typescript-targets.ts";

/** The longest time for all rows of a target, on a busy machine. */
const TARGET_MS = 120_000;
const known = knownFailures();
const environment = await pythonWithAster();
const python = "path" in environment ? pythonTargets(environment.path) : [];
const takenBy = (target: Target) => rows.filter((row) => target.takes(row));
const runs = new TargetRuns([...typescriptTargets, ...python], takenBy, { full: false });

it("gives every row a name of its own", () => {
  const titles = rows.map(titleOf);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});

describe.each(named(typescriptTargets))("%s", (_, target) => {
  conforms(target);
});

describe.skipIf("missing" in environment)("with the Python package", () => {
  it("computes the same contract ids", async () => {
    if ("missing" in environment) return;
    await using host = await PythonHost.start(environment.path);
    const scenarios = scenarioRows.map(({ service }) => service);
    const services = [Conformance, ConformanceSession, ...scenarios];
    const ids = services.map((service) => [service.name, contractIdOf(service)]);
    expect(host.ready.contracts).toEqual(Object.fromEntries(ids));
  });

  describe.each(named(python))("%s", (_, target) => {
    conforms(target);
  });

  it("uses every line of known-failing.txt", () => {
    const run = [...typescriptTargets, ...python].flatMap((target) =>
      takenBy(target).map((row) => ({ target: target.name, row })),
    );
    expect(unusedLines(run, known)).toEqual([]);
  });
});

function named(targets: readonly Target[]): (readonly [string, Target])[] {
  return targets.map((target) => [target.name, target]);
}

/**
 * Defines a test per row. The rows of a target all run before the first test, along with other
 * targets; a test that is repeated runs its row again, alone.
 */
function conforms(target: Target): void {
  const taken = takenBy(target);
  const results = new Map<Row, Result>();

  beforeAll(async () => {
    for (const result of await runs.of(target)) results.set(result.row, result);
  }, TARGET_MS);

  it.each(taken.map((row) => [titleOf(row), row] as const))("%s", async (_, row) => {
    const { wrong } = results.get(row) ?? (await runs.again(target, row));
    results.delete(row);
    const reason = reasonFor({ target: target.name, row }, known);
    if (reason === undefined) expect(wrong).toEqual([]);
    else expect(wrong, `known to fail, because ${reason}`).not.toEqual([]);
  });
}
