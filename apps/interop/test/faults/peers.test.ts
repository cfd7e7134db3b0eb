import { StatusCode } from "@aster/rpc";
import { expect, test, vi } from "vitest";
import { Testkit } from "../../src/service.ts";
import { ended } from "../support/outcome.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { connected } from "../support/witness.ts";
import { peerFaults } from "./peers.ts";

peerFaults({ idleMs: 5000, pauseMs: 2000, stopMs: 7000 });

test.concurrent("P3: a server that leaves in good order", {
  timeout: 60_000,
  retry: 2,
}, async () => {
  await using server = await TestkitServer.start();
  let lostAt = 0;
  const onStateChange = () => {
    lostAt = performance.now();
  };
  await using client = await connected(server.address);
  await using other = await connected(server.address, { onStateChange });
  const testkit = client.client(Testkit);
  const running = ended(testkit.sleep({ ms: 1500 }));
  await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(1), 5000);
  server.child.send({ cmd: "drain" });
  const draining = { code: StatusCode.UNAVAILABLE, details: { reason: "draining" } };
  await vi.waitFor(async () => expect(await ended(testkit.echo({}))).toMatchObject(draining));
  expect(await running).toMatchObject({ code: StatusCode.OK });
  const endedAt = performance.now();
  await vi.waitFor(() => expect(other.state).toBe("disconnected"), 5000);
  expect(lostAt - endedAt).toBeLessThan(1000);
  expect(await server.child.exited).toBe(0);
});
