import { expect, test } from "vitest";
import { measureBeside } from "../src/beside.ts";
import type { Load } from "../src/load.ts";
import type { BenchOptions } from "../src/options.ts";
import type { Contestant } from "../src/rpc.ts";
import { closedGateTable, interceptorsTable } from "../src/table.ts";

const options: BenchOptions = {
  part: "rpc",
  json: true,
  peers: [],
  windows: 1,
  windowMs: 100,
  warmUpMs: 10,
  messages: 1,
  calls: 1,
};

/** A contestant with given rates, one per window that counts. */
function contestant(name: string, order: string[], rates: Record<number, number[]>): Contestant {
  return {
    async window(load: Load) {
      if (load.kind !== "unary") throw new Error(`unexpected load ${load.kind}`);
      if (load.windowMs === 10) return { perSecond: 1e9, cpuMicros: 1e9, latenciesUs: [] };
      order.push(`${name}${load.concurrency}`);
      const perSecond = rates[load.concurrency]?.shift() ?? Number.NaN;
      return { perSecond, cpuMicros: 1_000 / perSecond, latenciesUs: [] };
    },
  };
}

test("the closed gate is compared turn by turn, so that load on the machine cancels out", async () => {
  const order: string[] = [];
  const open = contestant("open", order, { 1: [100, 50, 200], 64: [1_000, 1_000, 1_000] });
  const closed = contestant("closed", order, { 1: [99, 49.5, 100], 64: [990, 980, 500] });
  const { figures, ratios } = await measureBeside(open, closed, options);
  const turns = (c: number) => [
    `open${c}`,
    `closed${c}`,
    `closed${c}`,
    `open${c}`,
    `open${c}`,
    `closed${c}`,
  ];
  expect(order).toEqual([...turns(1), ...turns(64)]);
  expect(figures).toEqual({ "unary.c1": 99, "unary.c64": 980, "cpu.c64": 1.02 });
  expect(ratios).toEqual({ "unary.c1": 0.99, "unary.c64": 0.98, "cpu.c64": 1.02 });
});

test("the table says which ratios reach their target", () => {
  const figures = { "unary.c1": 99, "unary.c64": 960, "cpu.c64": 1.03 };
  const ratios = { "unary.c1": 0.99, "unary.c64": 0.96, "cpu.c64": 1.03 };
  const results = {
    ours: { "unary.c1": 100, "unary.c64": 1_000, "cpu.c64": 1 },
    "grpc-js": {},
    ratios: {},
    peers: {},
  };
  expect(closedGateTable(results)).toBeUndefined();
  expect(interceptorsTable(results)).toBeUndefined();
  const slow = { ...ratios, "cpu.c64": 1.11 };
  const chain = interceptorsTable({ ...results, interceptors: { figures, ratios: slow } });
  expect(chain?.split("\n").at(-1)).toMatch(/1\.110× \| ≤ 1\.1× \| +no/);
  const rows = closedGateTable({ ...results, closedGate: { figures, ratios } })?.split("\n");
  expect(
    rows?.slice(2).map((row) =>
      row
        .split("|")
        .slice(-4, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ["0.990×", "≥ 0.97×", "yes"],
    ["0.960×", "≥ 0.97×", "no"],
    ["1.030×", "≤ 1.03×", "yes"],
  ]);
});
