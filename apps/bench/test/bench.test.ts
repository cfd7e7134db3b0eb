import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { figures, isMet } from "../src/figure.ts";
import { table } from "../src/table.ts";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

function bench(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ["--import", tsx, main, ...args]);
}

const tiny = ["--windows", "1", "--window-ms", "40", "--warm-up-ms", "20", "--messages", "200"];

test("rpc --json prints one object with every figure and its ratio", {
  timeout: 60_000,
}, async () => {
  const { stdout } = await bench("rpc", "--json", ...tiny);
  const results = JSON.parse(stdout);
  expect(Object.keys(results)).toEqual(["ours", "grpc-js", "ratios"]);
  const keys = figures
    .map(({ key }) => key)
    .filter((key) => key !== "firstCall" && key !== "memory.growth");
  for (const part of Object.values<Record<string, number>>(results)) {
    expect(Object.keys(part).sort()).toEqual([...keys].sort());
    for (const value of Object.values(part)) expect(value).toBeGreaterThan(0);
  }
  expect(results.ratios.p50).toBeCloseTo(results.ours.p50 / results["grpc-js"].p50, 1);
  expect(table(results).split("\n")).toHaveLength(keys.length + 2);
});

test("an argument it does not know is named, and nothing is measured", async () => {
  await expect(bench("everything")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining('there is no part "everything"'),
  });
  await expect(bench("rpc", "--windows", "0")).rejects.toMatchObject({
    stderr: expect.stringContaining("--windows wants a number from 1 up"),
  });
});

test("a target counts as met on its own side of the bound", () => {
  const results = {
    ours: { firstCall: 401 },
    "grpc-js": {},
    ratios: { "unary.c64": 6, p50: 1.01 },
  };
  const met = Object.fromEntries(figures.map((figure) => [figure.key, isMet(figure, results)]));
  expect(met).toMatchObject({ "unary.c64": true, p50: false, firstCall: false });
  expect(met.stream).toBeUndefined();
});
