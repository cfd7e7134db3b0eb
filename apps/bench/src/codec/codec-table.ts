import { markdownTable } from "../markdown-table.ts";
import type { Direction } from "./codec-ratios.ts";
import { ratio } from "./codec-ratios.ts";
import type { CodecFigures, CodecResults } from "./run-codec.ts";
import type { CodecName, SuiteName } from "./suite.ts";
import { suiteNames } from "./suite.ts";

/** The required ratios of encode and decode in the suites small and list1000. */
const targets: Partial<Record<CodecName, number>> = { protobufjs: 1.3, "protobuf-es": 3, JSON: 2 };

const titles: Record<SuiteName, string> = {
  small: "small: six fields",
  mission: "mission: nested, lists and a map",
  list1000: "list1000: 1000 structs",
  floats: "floats: 1 MiB of float64",
  graph: "graph: 100 nodes that share one object",
};

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

function perSecond(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? "" : number.format(1e9 / nanoseconds);
}

/** Returns whether the target is met; undefined if the suite has no target for this codec. */
function isMet(name: SuiteName, codec: CodecName, ratios: readonly number[]): boolean | undefined {
  const bound = targets[codec];
  if (bound === undefined || (name !== "small" && name !== "list1000")) return undefined;
  return ratios.every((value) => value >= bound);
}

function row(
  name: SuiteName,
  suite: CodecResults[SuiteName],
  codec: CodecName,
  { bytes, nanoseconds }: CodecFigures,
): string[] {
  const show = (direction: Direction): string => {
    const value = ratio(suite, codec, direction);
    return value === undefined ? "" : `${number.format(value)}×`;
  };
  const ratios = (["encode", "decode"] as const).flatMap(
    (direction) => ratio(suite, codec, direction) ?? [],
  );
  const met = isMet(name, codec, ratios);
  return [
    codec,
    bytes.toLocaleString("en"),
    perSecond(nanoseconds.encode),
    perSecond(nanoseconds.encodeInto),
    perSecond(nanoseconds.encodeShared),
    perSecond(nanoseconds.decode),
    show("encode"),
    show("encodeInto"),
    show("decode"),
    met === undefined ? "" : `≥ ${targets[codec]}× ${met ? "yes" : "no"}`,
  ];
}

/** Returns one Markdown table per suite. */
export function codecTable(results: CodecResults): string {
  const head = ["", "bytes", "encode/s", "into/s", "shared/s", "decode/s"];
  return suiteNames
    .map((name) => {
      const codecs = Object.entries(results[name]) as [CodecName, CodecFigures][];
      const body = codecs.map(([codec, figures]) => row(name, results[name], codec, figures));
      const rows = [[...head, "encode ×", "into ×", "decode ×", "target met"], ...body];
      return `### ${titles[name]}\n\n${markdownTable(rows)}`;
    })
    .join("\n\n");
}
