// Starts argv[2] busy workers, four at a time, and terminates them while they run; prints
// {"terminated":n} and ends.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

let left = Number(process.argv[2]);
const total = left;

async function terminated(): Promise<void> {
  const worker = new Worker(new URL("./busy-worker.ts", import.meta.url));
  await once(worker, "message");
  await sleep(Math.random() * 30);
  await worker.terminate();
}

while (left > 0) {
  const some = Math.min(left, 4);
  left -= some;
  await Promise.all(Array.from({ length: some }, terminated));
}
process.stdout.write(`${JSON.stringify({ terminated: total })}\n`);
