// What becomes of calls when the process at the other end dies, leaves or stands still.
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { Testkit } from "../../src/service.ts";
import { ended } from "../support/outcome.ts";
import { program, TestkitServer } from "../support/testkit-server.ts";
import { connected, Witness } from "../support/witness.ts";

const chatter = new URL("./programs/chatter.ts", import.meta.url).pathname;

export interface PeerFaults {
  /** What both sides wait for a silent peer. */
  readonly idleMs: number;
  /** A pause that the connection outlives. */
  readonly pauseMs: number;
  /** A pause that it does not. */
  readonly stopMs: number;
}

/** The tests of this family, with these times. */
export function peerFaults({ idleMs, pauseMs, stopMs }: PeerFaults): void {
  const idle = ["--idle-ms", `${idleMs}`];
  const node = { idleTimeoutMs: idleMs };

  // the times are those of a machine that has time
  const patient = { timeout: 240_000, retry: 2 };
  describe.concurrent(`with an idle timeout of ${idleMs} ms`, patient, () => {
    test("P1: a server that is killed in the middle of a stream", async () => {
      await using server = await TestkitServer.start(...idle);
      await using client = await connected(server.address, { node });
      let killedAt = 0;
      const stream = client.client(Testkit).count({ end: 100, delayMs: 5 }, { timeoutMs: 600_000 });
      const { items, code } = await ended(stream, async (so) => {
        if (so.length !== 50) return;
        await server.kill();
        killedAt = performance.now();
      });
      const lostAfter = performance.now() - killedAt;
      expect(code).toBe(StatusCode.UNAVAILABLE);
      expect(items.map(({ n }) => n)).toEqual(items.map((_, at) => at));
      expect(items.length).toBeGreaterThanOrEqual(50);
      expect(items.length).toBeLessThan(100);
      expect(lostAfter).toBeLessThan(idleMs + Math.min(5000, idleMs / 3) + 2000);
    });

    test("P2: a client that is killed in the middle of a bidi stream", async () => {
      await using server = await TestkitServer.start(...idle);
      await using witness = await Witness.of(server);
      await using client = program(chatter, server.address);
      await client.line((value): value is object => "chatting" in (value as object));
      client.signal("SIGKILL");
      const killedAt = performance.now();
      expect(await server.event(2 * idleMs + 5000)).toEqual({ event: "aborted", method: "chat" });
      expect(performance.now() - killedAt).toBeLessThan(idleMs + 2000);
      await witness.sees();
      expect(server.child.lines).toEqual([]);
    });

    test("P4: a server that stands still for a moment", async () => {
      await using server = await TestkitServer.start(...idle);
      await using witness = await Witness.of(server);
      server.child.signal("SIGSTOP");
      setTimeout(() => server.child.signal("SIGCONT"), pauseMs);
      const calls = Array.from({ length: 20 }, (_, n) =>
        ended(witness.testkit.echo({ number: n })),
      );
      for (const { code, tookMs } of await Promise.all(calls)) {
        expect(code).toBe(StatusCode.OK);
        expect(tookMs).toBeLessThan(pauseMs + 1000);
      }
      expect(witness.client.state).toBe("connected");
      await witness.sees();
    });

    test("P5: a server that stands still for longer than the connection lasts", async () => {
      await using server = await TestkitServer.start(...idle);
      await using client = await connected(server.address, { node });
      const testkit = client.client(Testkit);
      await testkit.echo({});
      server.child.signal("SIGSTOP");
      const late = ended(testkit.sleep({ ms: 1 }, { timeoutMs: 1000 }));
      const { code, tookMs } = await late;
      expect(code).toBe(StatusCode.DEADLINE_EXCEEDED);
      expect(Math.abs(tookMs - 1000)).toBeLessThan(250);
      await sleep(stopMs - 1000);
      server.child.signal("SIGCONT");
      const resumed = performance.now();
      while ((await ended(testkit.echo({}, { timeoutMs: 1000 }))).code !== StatusCode.OK);
      expect(performance.now() - resumed).toBeLessThan(4000);
    });
  });
}
