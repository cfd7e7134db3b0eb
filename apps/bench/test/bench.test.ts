import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Comparison } from "../src/figure.ts";
import { figures, isMet } from "../src/figure.ts";
import { peerTable, table } from "../src/table.ts";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

function bench(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ["--import", tsx, main, ...args]);
}

const tiny = ["--windows", "1", "--window-ms", "40", "--warm-up-ms", "20", "--messages", "200"];

test("rpc --json prints one object with all figures and ratios that each peer supports", {
  timeout: 60_000,
}, async () => {
  const { stdout } = await bench("rpc", "--json", ...tiny);
  const { peers: measured, closedGate, interceptors, ...results } = JSON.parse(stdout);
  expect(Object.keys(results)).toEqual(["ours", "grpc-js", "ratios"]);
  const keys = figures
    .map(({ key }) => key)
    .filter((key) => !["firstCall", "contractId", "memory.growth"].includes(key));
  for (const part of Object.values<Record<string, number>>(results)) {
    expect(Object.keys(part).sort()).toEqual([...keys].sort());
    for (const value of Object.values(part)) expect(value).toBeGreaterThan(0);
  }
  expect(results.ratios.p50).toBeCloseTo(results.ours.p50 / results["grpc-js"].p50, 1);
  expect(table(results).split("\n")).toHaveLength(keys.length + 2);

  for (const part of [closedGate, interceptors].flatMap((one) => [one.figures, one.ratios])) {
    expect(Object.keys(part)).toEqual(["unary.c1", "unary.c64", "cpu.c64"]);
    for (const value of Object.values(part)) expect(value).toBeGreaterThan(0);
  }

  const unary = ["unary.c1", "p50", "p99", "unary.c64", "cpu.c64"];
  const supported = Object.entries<Comparison>(measured).map(([name, { figures, ratios }]) => {
    for (const value of Object.values(figures)) expect(value).toBeGreaterThan(0);
    expect(Object.keys(ratios).sort()).toEqual(Object.keys(figures).sort());
    return [name, Object.keys(figures)];
  });
  expect(supported).toEqual([
    ["connect-node", [...unary, "stream", "clientStream", "bulk"]],
    ["trpc-ws", [...unary, "stream"]],
  ]);
  const rows = peerTable({ ...results, peers: measured })?.split("\n");
  expect(rows).toHaveLength(unary.length * 2 + 4 + 2);
  expect(rows?.filter((row) => row.includes("≥"))).toHaveLength(2);
});

test("an invalid argument is reported, and nothing is measured", async () => {
  await expect(bench("everything")).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining('unknown part "everything"'),
  });
  await expect(bench("rpc", "--windows", "0")).rejects.toMatchObject({
    stderr: expect.stringContaining("--windows must be a whole number from 1"),
  });
  await expect(bench("rpc", "--peers", "none,trpc-ws")).rejects.toMatchObject({
    stderr: expect.stringContaining('unknown peer "none"; use connect-node, trpc-ws, rust or none'),
  });
});

test("a target is met on the better side of its bound", () => {
  const results = {
    ours: { firstCall: 401 },
    "grpc-js": {},
    ratios: { "unary.c64": 6, p50: 1.01 },
    peers: {},
  };
  const met = Object.fromEntries(figures.map((figure) => [figure.key, isMet(figure, results)]));
  expect(met).toMatchObject({ "unary.c64": true, p50: false, firstCall: false });
  expect(met.stream).toBeUndefined();
});
