import type { PeerName } from "./peer.ts";

/** The medians by figure key. */
export type Figures = Record<string, number>;

/** The figures of one peer and its ratios. */
export interface Comparison {
  readonly figures: Figures;
  /** Aster divided by the peer. */
  readonly ratios: Figures;
}

export interface Results {
  readonly ours: Figures;
  readonly "grpc-js": Figures;
  /** Aster divided by grpc-js. */
  readonly ratios: Figures;
  readonly peers: Readonly<Partial<Record<PeerName, Comparison>>>;
  /** Aster with a closed gate. Its ratios are divided by Aster with an open gate. */
  readonly closedGate?: Comparison;
  /** Aster with interceptors on both sides. Its ratios are divided by Aster without. */
  readonly interceptors?: Comparison;
}

export interface Figure {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly better: "more" | "less";
  /**
   * The bound of the ratio to grpc-js, or of the figure of Aster. Targets for other peers are in
   * `peers`.
   */
  readonly target?: { readonly of: "ratio" | "ours"; readonly bound: number };
}

/** All figures, in the order of the table. */
export const figures: readonly Figure[] = [
  { key: "unary.c1", label: "unary calls, one at a time", unit: "calls/s", better: "more" },
  { key: "unary.c16", label: "unary calls, 16 at a time", unit: "calls/s", better: "more" },
  {
    key: "unary.c64",
    label: "unary calls, 64 at a time",
    unit: "calls/s",
    better: "more",
    target: { of: "ratio", bound: 6 },
  },
  { key: "unary.c256", label: "unary calls, 256 at a time", unit: "calls/s", better: "more" },
  {
    key: "p50",
    label: "latency p50, one at a time",
    unit: "µs",
    better: "less",
    target: { of: "ratio", bound: 1 },
  },
  { key: "p99", label: "latency p99, one at a time", unit: "µs", better: "less" },
  {
    key: "cpu.c64",
    label: "CPU of both processes, 64 at a time",
    unit: "µs/call",
    better: "less",
    target: { of: "ratio", bound: 0.25 },
  },
  {
    key: "stream",
    label: "server stream",
    unit: "messages/s",
    better: "more",
    target: { of: "ratio", bound: 3 },
  },
  {
    key: "clientStream",
    label: "client stream",
    unit: "messages/s",
    better: "more",
    target: { of: "ratio", bound: 3 },
  },
  {
    key: "bulk",
    label: "echo of 256 KiB, 8 at a time",
    unit: "MiB/s",
    better: "more",
    target: { of: "ratio", bound: 1 },
  },
  {
    key: "firstCall",
    label: "process start to first reply",
    unit: "ms",
    better: "less",
    target: { of: "ours", bound: 400 },
  },
  {
    key: "contractId",
    label: "contract id of 50 methods with 100 types, first in its process",
    unit: "ms",
    better: "less",
    target: { of: "ours", bound: 5 },
  },
  {
    key: "memory.growth",
    label: "RSS growth of both processes over the memory test",
    unit: "MiB",
    better: "less",
    target: { of: "ours", bound: 16 },
  },
];

/** Divides two sets of figures. Memory growth is left out, because it is close to zero. */
function ratiosOf(ours: Figures, theirs: Figures): Figures {
  const ratios: Figures = {};
  for (const { key } of figures) {
    const [a, b] = [ours[key], theirs[key]];
    if (a !== undefined && b !== undefined && key !== "memory.growth") ratios[key] = round(a / b);
  }
  return ratios;
}

/** Compares Aster with each of the others. */
export function compare(
  ours: Figures,
  grpc: Figures,
  peers: ReadonlyMap<PeerName, Figures>,
): Results {
  return {
    ours,
    "grpc-js": grpc,
    ratios: ratiosOf(ours, grpc),
    peers: Object.fromEntries(
      [...peers].map(([name, theirs]) => [
        name,
        { figures: theirs, ratios: ratiosOf(ours, theirs) },
      ]),
    ),
  };
}

/** Returns whether `value` lies on the better side of `bound`. */
export function reaches({ better }: Figure, value: number, bound: number): boolean {
  return better === "more" ? value >= bound : value <= bound;
}

/** Returns whether the target of a figure is met; undefined if it has none or was not measured. */
export function isMet(figure: Figure, results: Results): boolean | undefined {
  if (figure.target === undefined) return undefined;
  const { of, bound } = figure.target;
  const value = (of === "ratio" ? results.ratios : results.ours)[figure.key];
  return value === undefined ? undefined : reaches(figure, value, bound);
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Returns the value below which a share (0 to 1) of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[at] ?? Number.NaN;
}
