// A worker with its own server and client that accepts, waits for a call, reads a stream and calls
// at the same time, forever.
import { parentPort } from "node:worker_threads";
import { AsterClient, AsterServer, implement } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { Testkit, testkitHandlers } from "@aster-apps/testkit";

const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const server = await AsterServer.start({
  services: [
    implement(
      Testkit,
      testkitHandlers(() => {}),
    ),
  ],
  gate: openGate(),
  ...local,
});
const client = await AsterClient.connect(server.address, local);
const testkit = client.client(Testkit);

// the worker is terminated while it runs
const ignored = (_: unknown) => {};
void testkit.sleep({ ms: 600_000 }, { timeoutMs: 600_000 }).catch(ignored);
void (async () => {
  for await (const _ of testkit.count({ end: 1_000_000, size: 1000 }));
})().catch(ignored);
for (let round = 1; ; round += 1) {
  const calls = Array.from({ length: 50 }, (_, number) => testkit.echo({ number }));
  const numbers = (await Promise.all(calls)).map((reply) => reply.number);
  if (numbers.some((number, at) => number !== at)) throw new Error(`mixed-up replies: ${numbers}`);
  parentPort?.postMessage(round);
}
