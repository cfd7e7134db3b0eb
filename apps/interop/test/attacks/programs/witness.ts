// A client that has no part in an attack and calls a server of the Hoard service all the time:
// `witness.ts ADDRESS`. It answers `times` on stdin with the times of its calls in ms.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AsterClient } from "@aster/rpc";
import { Hoard } from "../support/hoard.ts";

const times: number[] = [];
createInterface({ input: process.stdin }).on("line", () => {
  process.stdout.write(`${JSON.stringify({ times })}\n`);
});
const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const client = await AsterClient.connect(process.argv[2] ?? "", local);
const hoard = client.client(Hoard);
process.stdout.write(`${JSON.stringify({ calling: true })}\n`);
for (;;) {
  const before = performance.now();
  await hoard.echo({ bytes: new Uint8Array(10) }, { timeoutMs: 30_000 });
  times.push(performance.now() - before);
  await sleep(10);
}
