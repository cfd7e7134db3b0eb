import { contractIdOf } from "@aster/rpc";
import { beforeAll, describe, expect, it } from "vitest";
import { idleLines, knownFailures, reasonFor } from "../src/conformance/known-failing.ts";
import { ourTargets } from "../src/conformance/our-targets.ts";
import { titleOf } from "../src/conformance/row.ts";
import { rows } from "../src/conformance/rows/index.ts";
import { scenarioRows } from "../src/conformance/rows/scenarios.ts";
import type { Result } from "../src/conformance/run.ts";
import { Conformance } from "../src/conformance/service.ts";
import { ConformanceSession } from "../src/conformance/session-service.ts";
import type { Target } from "../src/conformance/target.ts";
import { TargetRuns } from "../src/conformance/target-runs.ts";
import { WheelHost } from "../src/conformance/wheel-host.ts";
import { wheelTargets } from "../src/conformance/wheel-targets.ts";
import { pythonWithWheel } from "../src/process/python.ts";

const TARGET_MS = 120_000;
const known = knownFailures();
const python = await pythonWithWheel();
const wheel = "path" in python ? wheelTargets(python.path) : [];
const takenBy = (target: Target) => rows.filter((row) => target.takes(row));
const runs = new TargetRuns([...ourTargets, ...wheel], takenBy, { full: false });

it("no two rows have the same name", () => {
  const titles = rows.map(titleOf);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});

describe.each(named(ourTargets))("%s", (_, target) => {
  conforms(target);
});

describe.skipIf("missing" in python)("with the wheel", () => {
  it("the contracts are the same", async () => {
    if ("missing" in python) return;
    await using host = await WheelHost.start(python.path);
    const scenarios = scenarioRows.map(({ service }) => service);
    const services = [Conformance, ConformanceSession, ...scenarios];
    const ours = services.map((service) => [service.name, contractIdOf(service)]);
    expect(host.ready.contracts).toEqual(Object.fromEntries(ours));
  });

  describe.each(named(wheel))("%s", (_, target) => {
    conforms(target);
  });

  it("every line of known-failing.txt means a row", () => {
    const run = [...ourTargets, ...wheel].flatMap((target) =>
      takenBy(target).map((row) => ({ target: target.name, row })),
    );
    expect(idleLines(run, known)).toEqual([]);
  });
});

function named(targets: readonly Target[]): (readonly [string, Target])[] {
  return targets.map((target) => [target.name, target]);
}

/** A test per row; all of them run together first, and along with those of other targets. */
function conforms(target: Target): void {
  const taken = takenBy(target);
  let results: Result[] = [];

  beforeAll(async () => {
    results = await runs.of(target);
  }, TARGET_MS);

  it.each(taken.map((row, index) => [titleOf(row), index, row] as const))("%s", (_, index, row) => {
    const wrong = results[index]?.wrong;
    const reason = reasonFor({ target: target.name, row }, known);
    if (reason === undefined) expect(wrong).toEqual([]);
    else expect(wrong, `known to fail, as ${reason}`).not.toEqual([]);
  });
}
