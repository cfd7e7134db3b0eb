import type { Figure, Results } from "./figure.ts";
import { figures, isMet } from "./figure.ts";
import { markdownTable } from "./markdown-table.ts";

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

function show(value: number | undefined): string {
  return value === undefined ? "" : number.format(value);
}

function target({ target: aim, better, unit }: Figure): string {
  if (aim === undefined) return "";
  const sign = better === "more" ? "≥" : "≤";
  return aim.of === "ratio" ? `${sign} ${aim.bound}×` : `${sign} ${aim.bound} ${unit}`;
}

function row(figure: Figure, results: Results): string[] {
  const met = isMet(figure, results);
  const ratio = results.ratios[figure.key];
  return [
    `${figure.label}, ${figure.unit}`,
    show(results.ours[figure.key]),
    show(results["grpc-js"][figure.key]),
    ratio === undefined ? "" : `${ratio.toFixed(2)}×`,
    target(figure),
    met === undefined ? "" : met ? "yes" : "no",
  ];
}

/** What was measured as a Markdown table that is also readable in a terminal. */
export function table(results: Results): string {
  return markdownTable([
    ["", "ours", "grpc-js", "ratio", "target", "met"],
    ...figures.filter(({ key }) => key in results.ours).map((figure) => row(figure, results)),
  ]);
}
