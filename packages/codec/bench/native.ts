import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import { createCodec, wireType } from "../src/index.ts";
import { nativeCodec } from "../src/native/index.ts";

/**
 * Prints nanoseconds per call of encode and decode, in comparison with Node's own serializers:
 * `node bench/native.ts`.
 */
const order = {
  id: 1_234_567,
  customer: "Ada Lovelace",
  total: 99.95,
  paid: true,
  items: 3,
  note: "leave it at the door, please",
};
const status = {
  agentId: "agent-7f3a",
  state: "running",
  loads: [0.1, 0.5, 0.25],
  tags: ["edge", "eu-west", "gpu"],
  attributes: { region: "eu", zone: "b", owner: "mission control" },
  position: { x: 1.5, y: -2.25, label: "dock" },
  sinceMs: 1_795_251_600_000,
};
const points = Array.from({ length: 1_000 }, (_, i) => ({ x: i, y: i / 2, label: `point ${i}` }));
const shared = { region: "eu", zone: "b" };
const graph = Array.from({ length: 100 }, (_, id) => ({ id, shared }));

const Order = wireType("bench/Order", {
  id: z.int(),
  customer: z.string(),
  total: z.number(),
  paid: z.boolean(),
  items: z.int32(),
  note: z.string(),
});

function nanoseconds(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    let calls = 0;
    const start = performance.now();
    let spent = 0;
    do {
      for (let i = 0; i < 100; i++) run();
      calls += 100;
      spent = performance.now() - start;
    } while (spent < 40);
    best = Math.min(best, (spent * 1e6) / calls);
  }
  return best;
}

interface Contender {
  readonly name: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const native = nativeCodec();
const typed = createCodec({ mode: "native" }).type(Order);
const text = new TextEncoder();
const parse = new TextDecoder();
const contenders: readonly Contender[] = [
  { name: "native", encode: (value) => native.encode(value), decode: native.decode },
  { name: "v8", encode: (value) => serialize(value), decode: (bytes) => deserialize(bytes) },
  {
    name: "JSON",
    encode: (value) => text.encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(parse.decode(bytes)),
  },
];

function report(name: string, contender: Contender, value: unknown): void {
  const bytes = contender.encode(value);
  const encode = nanoseconds(() => contender.encode(value));
  const decode = nanoseconds(() => contender.decode(bytes));
  console.log(
    `${name} ${contender.name}: ${bytes.length} B, encode ${encode.toFixed(0)} ns, decode ${decode.toFixed(0)} ns`,
  );
}

for (const [name, value] of Object.entries({ order, status, "1000 points": points, graph })) {
  for (const contender of contenders) report(name, contender, value);
}
report(
  "order",
  {
    name: "native, typed",
    encode: (value) => typed.encode(value as typeof order),
    decode: typed.decode.bind(typed),
  },
  order,
);
