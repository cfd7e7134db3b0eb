// Calls the address in its data for ever, and posts a message after every hundred calls.
import { parentPort, workerData } from "node:worker_threads";
import { createNode } from "../../../src/index.ts";
import { call } from "../calls.ts";

const node = await createNode();
const connection = await node.connect(String(workerData), "echo");
for (let round = 1; ; round += 1) {
  await Promise.all(Array.from({ length: 100 }, () => call(connection, new Uint8Array(128))));
  parentPort?.postMessage(round);
}
