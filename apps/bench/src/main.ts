import { machine } from "./machine.ts";
import { readOptions, usage } from "./options.ts";
import { writeReport } from "./report.ts";
import { run } from "./run.ts";
import { table } from "./table.ts";

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(usage);
    return;
  }
  const results = await run(options, (text) => {
    if (!options.json) process.stderr.write(`${text}\n`);
  });
  if (options.part === "all") await writeReport(results, machine(), options);
  process.stdout.write(`${options.json ? JSON.stringify(results) : table(results)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
