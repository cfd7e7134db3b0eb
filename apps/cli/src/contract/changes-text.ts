import type { stylist } from "../output/style.ts";
import type { ContractChange, ContractChanges } from "./changes.ts";

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** The changes as text, those that break first. */
export function changesText(
  { equal, changes }: ContractChanges,
  style: ReturnType<typeof stylist>,
): string {
  if (changes.length === 0) {
    return equal
      ? style("green", "the contracts are equal")
      : "the contract ids differ, calls do not";
  }
  const line = ({ kind, path, breaking, why }: ContractChange): string => {
    const verdict = breaking ? style("red", "breaking") : style("green", "compatible");
    return `${SIGNS[kind]} ${style("bold", path)} ${verdict}: ${why}`;
  };
  return changes
    .toSorted((a, b) => Number(b.breaking) - Number(a.breaking))
    .map(line)
    .join("\n");
}

/** The changes as annotations of GitHub Actions, at the module of the service. */
export function annotations({ changes }: ContractChanges, file: string): readonly string[] {
  const escaped = (text: string): string =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return changes.map(({ path, breaking, why }) => {
    const level = breaking ? "error" : "notice";
    return `::${level} file=${escaped(file)},title=Contract::${escaped(`${path}: ${why}`)}`;
  });
}
