import { graph } from "./values/graph.ts";
import { floats, points } from "./values/large.ts";
import { mission } from "./values/mission.ts";
import { order } from "./values/order.ts";

/** The value of each suite. */
export const suites = {
  small: order,
  mission,
  list1000: points,
  floats,
  graph,
} as const;

export type SuiteName = keyof typeof suites;

/** The suites without shared values, which every codec can encode. */
export type PlainSuiteName = Exclude<SuiteName, "graph">;

export const suiteNames = Object.keys(suites) as readonly SuiteName[];

/** The codecs in the order of the tables. `ours` is XLANG, `ours-native` is NATIVE. */
export const codecNames = [
  "ours",
  "protobufjs",
  "protobuf-es",
  "msgpackr",
  "cbor-x",
  "avsc",
  "JSON",
  "ours-native",
  "v8.serialize",
] as const;

export type CodecName = (typeof codecNames)[number];

const withoutSharing: ReadonlySet<CodecName> = new Set(["protobufjs", "protobuf-es", "avsc"]);

/** Returns the codecs of a suite. The graph excludes formats without references. */
export function codecsOf(suite: SuiteName): readonly CodecName[] {
  return suite === "graph" ? codecNames.filter((name) => !withoutSharing.has(name)) : codecNames;
}

/** Returns the codec of Aster that does the same work as a peer. */
export function oursFor(peer: CodecName): "ours" | "ours-native" {
  return peer === "v8.serialize" ? "ours-native" : "ours";
}
