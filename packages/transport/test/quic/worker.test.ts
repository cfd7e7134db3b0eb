import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { createNode, formatAddress } from "../../src/index.ts";
import { answer, call } from "../support/calls.ts";
import { eventually } from "../support/pair.ts";

test("terminated workers with calls under way do not disturb the main thread and the peer", async () => {
  const server = await createNode();
  const main = await createNode();
  const accepted = server.accept(["echo"]);
  void (async () => {
    for await (const connection of accepted) connection.accept(answer);
  })();
  const connection = await main.connect(server.address(), "echo");
  for (let round = 0; round < 3; round += 1) {
    const workers = [0, 1].map(
      () =>
        new Worker(new URL("../support/children/worker.ts", import.meta.url), {
          workerData: formatAddress(server.address()),
        }),
    );
    await Promise.all(workers.map((worker) => busy(worker)));
    expect(server.stats().connections).toBe(3);
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect(await call(connection, new Uint8Array(128))).toBe(128);
    // The clean-up hook closes their nodes, so this does not take the idle timeout.
    await eventually(
      "the connections of the workers are closed",
      () => server.stats().connections === 1,
    );
  }
  expect(server.stats()).toMatchObject({ connections: 1, channels: 0 });
  await Promise.all([main.close(), server.close()]);
});

function busy(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("message", (round: number) => {
      if (round === 3) resolve();
    });
  });
}
