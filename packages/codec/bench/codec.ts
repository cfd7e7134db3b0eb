import { z } from "zod";
import { createCodec, wireType } from "../src/index.ts";

/**
 * Prints nanoseconds per call of encode and decode, in comparison with JSON: `node bench/codec.ts`.
 */
const Order = wireType("bench/Order", {
  id: z.int(),
  customer: z.string(),
  total: z.number(),
  paid: z.boolean(),
  items: z.int32(),
  note: z.string(),
});
const Point = wireType("bench/Point", { x: z.number(), y: z.number(), label: z.string() });
const Points = wireType("bench/Points", { points: z.array(Point) });
const Status = wireType("bench/Status", {
  agentId: z.string(),
  state: z.enum(["idle", "running", "stuck"]),
  loads: z.array(z.number()),
  tags: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
  position: Point.optional(),
  sinceMs: z.int(),
});

const order = {
  id: 1_234_567,
  customer: "Ada Lovelace",
  total: 99.95,
  paid: true,
  items: 3,
  note: "leave it at the door, please",
};
const points = {
  points: Array.from({ length: 1000 }, (_, i) => ({ x: i, y: i / 2, label: `point ${i}` })),
};
const status = {
  agentId: "agent-7f3a",
  state: "running" as const,
  loads: [0.1, 0.5, 0.25],
  tags: ["edge", "eu-west", "gpu"],
  attributes: { region: "eu", zone: "b", owner: "mission control" },
  position: { x: 1.5, y: -2.25, label: "dock" },
  sinceMs: 1_795_251_600_000,
};

function nanoseconds(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    let calls = 0;
    const start = performance.now();
    let spent = 0;
    do {
      for (let i = 0; i < 200; i++) run();
      calls += 200;
      spent = performance.now() - start;
    } while (spent < 60);
    best = Math.min(best, (spent * 1e6) / calls);
  }
  return best;
}

const engines = ["generated", "closures"] as const;
const text = new TextEncoder();
const parse = new TextDecoder();
const arena = new Uint8Array(1 << 20);
const cases = [
  ["order", Order, order],
  ["status", Status, status],
  ["1000 points", Points, points],
] as const;
for (const [name, type, value] of cases) {
  const json = text.encode(JSON.stringify(value));
  console.log(
    `${name}: JSON ${json.length} B, encode ${nanoseconds(() => text.encode(JSON.stringify(value))).toFixed(0)} ns, ` +
      `decode ${nanoseconds(() => JSON.parse(parse.decode(json))).toFixed(0)} ns`,
  );
  for (const engine of engines) {
    const codec = createCodec({ engine }).type(type as typeof Order);
    const message = codec.encode(value as typeof order);
    const into = nanoseconds(() => codec.encodeInto(value as typeof order, arena, 64));
    const owned = nanoseconds(() => codec.encode(value as typeof order));
    const decode = nanoseconds(() => codec.decode(message));
    console.log(
      `  ${engine}: ${message.length} B, encodeInto ${into.toFixed(0)} ns, encode ${owned.toFixed(0)} ns, decode ${decode.toFixed(0)} ns`,
    );
  }
}
