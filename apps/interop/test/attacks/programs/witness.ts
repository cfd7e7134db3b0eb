// Calls `echo` of the testkit at argv[2] again and again. For each line on stdin it prints the
// times of the calls since the last line, in milliseconds, with the time of the one that runs.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AsterClient } from "@aster/rpc";
import { Testkit } from "@aster-apps/testkit";

const PAUSE_MS = 5;
const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

const client = await AsterClient.connect(process.argv[2] ?? "", {
  network: "none",
  bindAddress: "127.0.0.1:0",
});
const testkit = client.client(Testkit);
let timesMs: number[] = [];
let failures: string[] = [];
let startedMs = performance.now();
let running = false;
createInterface({ input: process.stdin })
  .on("line", () => {
    if (running) timesMs.push(performance.now() - startedMs);
    print({ timesMs, failures });
    timesMs = [];
    failures = [];
  })
  .on("close", () => process.exit());
await testkit.echo({});
print({ calling: true });
for (;;) {
  startedMs = performance.now();
  running = true;
  await testkit.echo({ text: "witness" }, { timeoutMs: 10_000 }).catch((error) => {
    failures.push(String(error));
  });
  timesMs.push(performance.now() - startedMs);
  running = false;
  await sleep(PAUSE_MS);
}
