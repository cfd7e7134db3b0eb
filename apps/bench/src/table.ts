import type { Comparison, Figure, Results } from "./figure.ts";
import { figures, isMet, reaches } from "./figure.ts";
import { markdownTable } from "./markdown-table.ts";
import { peerNames, peers } from "./peer.ts";

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

function show(value: number | undefined): string {
  return value === undefined ? "" : number.format(value);
}

function sign({ better }: Figure): string {
  return better === "more" ? "≥" : "≤";
}

function target(figure: Figure): string {
  if (figure.target === undefined) return "";
  const { of, bound } = figure.target;
  return `${sign(figure)} ${bound}${of === "ratio" ? "×" : ` ${figure.unit}`}`;
}

function yesOrNo(met: boolean | undefined): string {
  return met === undefined ? "" : met ? "yes" : "no";
}

function row(figure: Figure, results: Results): string[] {
  const ratio = results.ratios[figure.key];
  return [
    `${figure.label}, ${figure.unit}`,
    show(results.ours[figure.key]),
    show(results["grpc-js"][figure.key]),
    ratio === undefined ? "" : `${ratio.toFixed(2)}×`,
    target(figure),
    yesOrNo(isMet(figure, results)),
  ];
}

/** Formats the results as a Markdown table that is also readable in a terminal. */
export function table(results: Results): string {
  return markdownTable([
    ["", "ours", "grpc-js", "ratio", "target", "met"],
    ...figures.filter(({ key }) => key in results.ours).map((figure) => row(figure, results)),
  ]);
}

/** The bounds of the ratios of the closed gate to the open one, by figure key. */
const closedGateTargets: Readonly<Record<string, number>> = {
  "unary.c1": 0.97,
  "unary.c64": 0.97,
  "cpu.c64": 1.03,
};

/** Formats the results of the closed gate; undefined if it was not measured. */
export function closedGateTable({ closedGate }: Results): string | undefined {
  return besideTable(closedGate, ["closed gate", "to open gate"], closedGateTargets);
}

/** The bounds of the ratios of calls with interceptors to those without, by figure key. */
const interceptorsTargets: Readonly<Record<string, number>> = {
  "unary.c1": 0.9,
  "unary.c64": 0.9,
  "cpu.c64": 1.1,
};

/** Formats the results with interceptors; undefined if they were not measured. */
export function interceptorsTable({ interceptors }: Results): string | undefined {
  return besideTable(interceptors, ["interceptors", "to none"], interceptorsTargets);
}

function besideTable(
  compared: Comparison | undefined,
  headings: readonly [figure: string, ratio: string],
  targets: Readonly<Record<string, number>>,
): string | undefined {
  if (compared === undefined) return undefined;
  const rows = figures.flatMap((figure) => {
    const { key, label, unit } = figure;
    const [ratio, bound] = [compared.ratios[key], targets[key]];
    if (ratio === undefined || bound === undefined) return [];
    return [
      [
        `${label}, ${unit}`,
        show(compared.figures[key]),
        `${ratio.toFixed(3)}×`,
        `${sign(figure)} ${bound}×`,
        yesOrNo(reaches(figure, ratio, bound)),
      ],
    ];
  });
  return markdownTable([["", ...headings, "target", "met"], ...rows]);
}

/** Formats the results of the peers in addition to grpc-js; undefined if none was measured. */
export function peerTable({ ours, peers: measured }: Results): string | undefined {
  const rows = peerNames.flatMap((name) => {
    const comparison = measured[name];
    if (comparison === undefined) return [];
    return figures.flatMap((figure) => {
      const { key, label, unit } = figure;
      const ratio = comparison.ratios[key];
      if (ratio === undefined) return [];
      const bound = peers[name].targets[key];
      return [
        [
          `${name}: ${label}, ${unit}`,
          show(ours[key]),
          show(comparison.figures[key]),
          `${ratio.toFixed(2)}×`,
          bound === undefined ? "" : `${sign(figure)} ${bound}×`,
          yesOrNo(bound === undefined ? undefined : reaches(figure, ratio, bound)),
        ],
      ];
    });
  });
  if (rows.length === 0) return undefined;
  return markdownTable([["", "ours", "theirs", "ratio", "target", "met"], ...rows]);
}
