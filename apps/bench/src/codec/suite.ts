import { graph } from "./values/graph.ts";
import { floats, points } from "./values/large.ts";
import { mission } from "./values/mission.ts";
import { order } from "./values/order.ts";

/** What every codec of a suite is given. */
export const suites = {
  small: order,
  mission,
  list1000: points,
  floats,
  graph,
} as const;

export type SuiteName = keyof typeof suites;

/** Those that every codec can carry: no shared values. */
export type PlainSuiteName = Exclude<SuiteName, "graph">;

export const suiteNames = Object.keys(suites) as readonly SuiteName[];

/** Ours first: `ours` is XLANG, `ours-native` is NATIVE. */
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

/** The codecs of a suite. Those whose format has no references are left out of the graph. */
export function codecsOf(suite: SuiteName): readonly CodecName[] {
  return suite === "graph" ? codecNames.filter((name) => !withoutSharing.has(name)) : codecNames;
}

/** Which of ours a peer is measured against: the one that does the same work. */
export function oursFor(peer: CodecName): "ours" | "ours-native" {
  return peer === "v8.serialize" ? "ours-native" : "ours";
}
