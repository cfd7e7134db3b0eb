// Clients that connect and leave: nodes one after another, and nodes that close without closing
// their connections.
import { StatusCode } from "@aster/rpc";
import { loopbackNode } from "@aster/transport/testing";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test } from "vitest";
import { ControlClient, connected } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { ended } from "./support/outcome.ts";
import { TestkitServer, testkitCall } from "./support/testkit-server.ts";

const { clients, idleMs } = inForm({
  short: { clients: 48, idleMs: 5000 },
  long: { clients: 1000, idleMs: 15_000 },
});

describe("clients", { timeout: 240_000 }, () => {
  test(`P10: the server releases the files and threads of ${clients} clients, one after another`, async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    const before = server.resources();
    for (let number = 0; number < clients; number += 1) {
      await using client = await connected(server.address);
      expect((await client.client(Testkit).echo({ number })).number).toBe(number);
    }
    await control.expectHealthy();
    const after = server.resources();
    expect(Math.abs(after.files - before.files)).toBeLessThanOrEqual(5);
    expect(after.threads).toBeLessThanOrEqual(before.threads + 2);
  });

  test(`J6: the server drops ${clients} connections whose node closed without closing them`, async () => {
    await using server = await TestkitServer.start("--idle-ms", `${idleMs}`);
    await using control = await ControlClient.of(server);
    for (let left = clients; left > 0; left -= 8) {
      const node = await loopbackNode();
      const open = Array.from({ length: Math.min(left, 8) }, () =>
        connected(server.address, { node }),
      );
      for (const client of await Promise.all(open)) await client.client(Testkit).echo({});
      // the clients stay open
      await node.close();
      expect(node.stats()).toMatchObject({ connections: 0, channels: 0 });
    }
    await control.expectHealthy();
  });

  test("J12: a server under load ends within its grace period after a signal", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      await using server = await TestkitServer.start();
      await using client = await connected(server.address);
      const testkit = client.client(Testkit, { timeoutMs: 30_000 });
      let over = false;
      const codes = new Set<number>();
      const worker = async () => {
        while (!over) codes.add((await ended(testkit.sleep({ ms: 20 }))).code);
      };
      const workers = Array.from({ length: 64 }, worker);
      await expect.poll(async () => (await server.stats()).inflight).toBeGreaterThan(10);
      const signalled = performance.now();
      server.child.signal(signal);
      expect(await server.child.exited).toBe(0);
      expect(performance.now() - signalled).toBeLessThan(30_000);
      over = true;
      await client.close();
      await Promise.all(workers);
      codes.delete(StatusCode.UNAVAILABLE);
      codes.delete(StatusCode.CANCELLED);
      codes.delete(StatusCode.FAILED_PRECONDITION);
      expect([...codes]).toEqual([StatusCode.OK]);
    }
  });

  test("J2: a program ends when its work is done", async () => {
    await using server = await TestkitServer.start();
    await using caller = testkitCall("echo", "--address", server.address);
    await caller.line((value): value is object => "summary" in (value as object));
    expect(await caller.exited).toBe(0);
  });
});
