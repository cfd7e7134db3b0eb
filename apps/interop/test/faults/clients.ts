// Clients that come and go: whole processes' worth of nodes, one after another, and some that never say goodbye.
import { StatusCode } from "@aster/rpc";
import { loopbackNode } from "@aster/transport/testing";
import { describe, expect, test, vi } from "vitest";
import { Testkit } from "../../src/service.ts";
import { ended } from "../support/outcome.ts";
import { TestkitServer, testkitCall } from "../support/testkit-server.ts";
import { connected, Witness } from "../support/witness.ts";

export interface ComingAndGoing {
  readonly clients: number;
  /** What the server waits for a silent peer. */
  readonly idleMs: number;
}

/** The tests of this family, with so many clients. */
export function comingAndGoing({ clients, idleMs }: ComingAndGoing): void {
  describe("clients", { timeout: 240_000 }, () => {
    test(`P10: ${clients} clients, one after another`, async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      const before = server.resources();
      for (let number = 0; number < clients; number += 1) {
        await using client = await connected(server.address);
        expect((await client.client(Testkit).echo({ number })).number).toBe(number);
      }
      await witness.sees();
      const after = server.resources();
      expect(Math.abs(after.files - before.files)).toBeLessThanOrEqual(5);
      expect(after.threads).toBeLessThanOrEqual(before.threads + 2);
    });

    test(`J6: ${clients} connections whose node goes without closing them`, async () => {
      await using server = await TestkitServer.start("--idle-ms", `${idleMs}`);
      await using witness = await Witness.of(server);
      for (let left = clients; left > 0; left -= 8) {
        const node = await loopbackNode();
        const open = Array.from({ length: Math.min(left, 8) }, () =>
          connected(server.address, { node }),
        );
        for (const client of await Promise.all(open)) await client.client(Testkit).echo({});
        // the clients are left as they are
        await node.close();
        expect(node.stats()).toMatchObject({ connections: 0, channels: 0 });
      }
      await witness.sees();
    });

    test("J12: a server that is told to stop under load", async () => {
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
        await vi.waitFor(async () => expect((await server.stats()).inflight).toBeGreaterThan(10));
        const told = performance.now();
        server.child.signal(signal);
        expect(await server.child.exited).toBe(0);
        expect(performance.now() - told).toBeLessThan(11_000);
        over = true;
        await client.close();
        await Promise.all(workers);
        codes.delete(StatusCode.UNAVAILABLE);
        codes.delete(StatusCode.CANCELLED);
        codes.delete(StatusCode.FAILED_PRECONDITION);
        expect([...codes]).toEqual([StatusCode.OK]);
      }
    });

    test("J2: programs end when their work is done", async () => {
      await using server = await TestkitServer.start();
      await using caller = testkitCall("echo", "--address", server.address);
      await caller.line((value): value is object => "summary" in (value as object));
      const done = performance.now();
      expect(await caller.exited).toBe(0);
      expect(performance.now() - done).toBeLessThan(2000);
    });
  });
}
