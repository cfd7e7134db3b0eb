import { writeFile } from "node:fs/promises";
import type { Results } from "./figure.ts";
import type { Machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { table } from "./table.ts";

function markdown(results: Results, machine: Machine, options: BenchOptions): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return `# Benchmark results

Written by \`npm run bench\`; do not edit. What is measured, and how: [README.md](README.md). Where the time goes:
[PROFILE.md](PROFILE.md).

${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, ${versions.join(", ")}.
Medians of ${options.windows} windows of ${options.windowMs} ms each, both stacks by turns in one run. Only the ratios (ours over
theirs) carry over to another machine.

${table(results)}
`;
}

/** Writes RESULTS.md and results.json beside the README. */
export async function writeReport(
  results: Results,
  machine: Machine,
  options: BenchOptions,
): Promise<void> {
  const folder = new URL("../", import.meta.url);
  await writeFile(new URL("RESULTS.md", folder), markdown(results, machine, options));
  await writeFile(
    new URL("results.json", folder),
    `${JSON.stringify({ machine, ...results }, undefined, 2)}\n`,
  );
}
