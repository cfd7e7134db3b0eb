import type { WireType } from "@aster/codec";
import { createCodec, wireType } from "@aster/codec";
import { z } from "zod";
import type { Contender } from "./contender.ts";
import type { SuiteName } from "./suite.ts";
import { suites } from "./suite.ts";

const Order = wireType("aster.codec/Order", {
  id: z.int32(),
  customer: z.string(),
  total: z.number(),
  paid: z.boolean(),
  items: z.int32(),
  note: z.string(),
});

const Place = wireType("aster.codec/Place", {
  region: z.string(),
  zone: z.string(),
  x: z.number(),
  y: z.number(),
});

const Task = wireType("aster.codec/Task", {
  id: z.int32(),
  title: z.string(),
  progress: z.number(),
  urgent: z.boolean(),
  labels: z.array(z.string()),
});

const Mission = wireType("aster.codec/Mission", {
  agentId: z.string(),
  state: z.string(),
  sinceMs: z.number(),
  loads: z.array(z.number()),
  capabilities: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
  place: Place,
  tasks: z.array(Task),
});

const Point = wireType("aster.codec/Point", {
  id: z.int32(),
  x: z.number(),
  y: z.number(),
  label: z.string(),
});

const Points = wireType("aster.codec/Points", { points: z.array(Point) });

const Floats = wireType("aster.codec/Floats", { values: z.instanceof(Float64Array) });

const Site = wireType(
  "aster.codec/Site",
  { region: z.string(), zone: z.string(), host: z.string() },
  { refs: true },
);
const Node = wireType("aster.codec/Node", { id: z.int32(), site: Site });
const Graph = wireType("aster.codec/Graph", { nodes: z.array(Node) });

const types: Record<SuiteName, WireType> = {
  small: Order,
  mission: Mission,
  list1000: Points,
  floats: Floats,
  graph: Graph,
};

/**
 * XLANG with generated code: profile B with references for the graph, and profile A for the others.
 */
export function ours(suite: SuiteName): Contender {
  const codec = createCodec({ profile: suite === "graph" ? "B" : "A" }).type(types[suite]);
  const value: Record<string, unknown> = suites[suite];
  // more space than the message needs, like in the arena of calls
  const buffer = new Uint8Array(2 * codec.encode(value).length + 4_096);
  return {
    encode: () => codec.encode(value),
    encodeInto: () => codec.encodeInto(value, buffer, 64),
    encodeShared: () => codec.encodeShared(value),
    decode: (bytes) => codec.decode(bytes),
  };
}
