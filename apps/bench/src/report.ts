import { writeFile } from "node:fs/promises";
import { codecTable } from "./codec/codec-table.ts";
import type { CodecResults } from "./codec/run-codec.ts";
import type { Results } from "./figure.ts";
import type { Machine } from "./machine.ts";
import { callPeers, codecPeers } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { writeSection } from "./results-file.ts";
import { closedGateTable, interceptorsTable, peerTable, table } from "./table.ts";

function setting(machine: Machine, peers: readonly string[]): string {
  const versions = peers.map((name) => `${name} ${machine.versions[name]}`);
  return `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, ${versions.join(", ")}.`;
}

/** Writes the section "Calls" of RESULTS.md, and results.json. */
export async function writeReport(
  results: Results,
  machine: Machine,
  options: BenchOptions,
): Promise<void> {
  const others = peerTable(results);
  const closedGate = closedGateTable(results);
  const interceptors = interceptorsTable(results);
  await writeSection(
    "Calls",
    `${setting(machine, callPeers)}
Medians of ${options.windows} windows of ${options.windowMs} ms each; all stacks alternate in one run. Only the ratios (Aster divided
by the peer) apply to other machines. The memory test makes ${options.calls.toLocaleString("en")} calls.

${table(results)}${closedGate === undefined ? "" : `\n\n### Closed gate\n\n${closedGate}`}${
  interceptors === undefined ? "" : `\n\n### Interceptors\n\n${interceptors}`
}${others === undefined ? "" : `\n\n### Other peers\n\n${others}`}`,
  );
  await writeFile(
    new URL("../results.json", import.meta.url),
    `${JSON.stringify({ machine, ...results }, undefined, 2)}\n`,
  );
}

/** Writes the section "Codec" of RESULTS.md. */
export async function writeCodecReport(
  results: CodecResults,
  machine: Machine,
  options: BenchOptions,
): Promise<void> {
  await writeSection(
    "Codec",
    `${setting(machine, codecPeers)}
Medians of ${options.windows} windows of ${options.windowMs} ms each; all codecs of a suite alternate, each in its own process. Only the
ratios (speed of Aster divided by the peer) apply to other machines. A target is met if both encode and decode reach it.

${codecTable(results)}`,
  );
}
