import { codecRatios } from "./codec/codec-ratios.ts";
import { codecTable } from "./codec/codec-table.ts";
import { runCodec } from "./codec/run-codec.ts";
import { callPeers, codecPeers, machine } from "./machine.ts";
import { readOptions, usage } from "./options.ts";
import { writeCodecReport, writeReport } from "./report.ts";
import { run } from "./run.ts";
import { closedGateTable, interceptorsTable, peerTable, table } from "./table.ts";

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(usage);
    return;
  }
  const progress = (text: string): void => {
    if (!options.json) process.stderr.write(`${text}\n`);
  };
  const print = (json: object, markdown: string): void => {
    process.stdout.write(`${options.json ? JSON.stringify(json) : markdown}\n`);
  };
  if (options.part === "codec") {
    const results = await runCodec(options, progress);
    if (!options.json) await writeCodecReport(results, machine(codecPeers), options);
    print(codecRatios(results), codecTable(results));
    return;
  }
  const results = await run(options, progress);
  if (options.part === "all" && !options.json)
    await writeReport(results, machine(callPeers), options);
  print(
    results,
    [table(results), closedGateTable(results), interceptorsTable(results), peerTable(results)]
      .filter(Boolean)
      .join("\n\n"),
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
