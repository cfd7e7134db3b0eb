// Mission Control: a small fleet of agents, watched and commanded over Aster. `serve` hosts the
// services for other programs; `chapter N` runs a chapter of docs/guide/mission-control.
import { runChapter } from "./chapters/run-chapter.ts";
import { serve } from "./serve/serve.ts";
import { UsageError, usage } from "./usage.ts";

const [command = "", ...args] = process.argv.slice(2);

try {
  process.exitCode = await run();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`mission-control: ${error.message}\n${usage}`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`mission-control: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

async function run(): Promise<number> {
  if (command === "serve") return await serve(args);
  if (command === "chapter") return await runChapter(args);
  throw new UsageError(
    command === "" ? "a command is missing" : `there is no command "${command}"`,
  );
}
