// A client that has no part in an attack and calls a server of the Hoard service all the time:
// `witness.ts ADDRESS`. It answers `times` on stdin with the times of its calls in ms, with that of
// the call that runs. With `forget` it does so and begins anew.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AsterClient } from "@aster/rpc";
import { Hoard } from "../support/hoard.ts";

let times: number[] = [];
let startedMs: number | undefined;
createInterface({ input: process.stdin }).on("line", (line) => {
  const running = startedMs === undefined ? [] : [performance.now() - startedMs];
  process.stdout.write(`${JSON.stringify({ times: [...times, ...running] })}\n`);
  if (JSON.parse(line) === "forget") times = [];
});
const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const client = await AsterClient.connect(process.argv[2] ?? "", local);
const hoard = client.client(Hoard);
process.stdout.write(`${JSON.stringify({ calling: true })}\n`);
for (;;) {
  startedMs = performance.now();
  await hoard.echo({ bytes: new Uint8Array(10) }, { timeoutMs: 30_000 });
  times.push(performance.now() - startedMs);
  startedMs = undefined;
  await sleep(10);
}
