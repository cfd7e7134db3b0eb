// More than a server can do at a time: calls, resets, cancellations, watchers.
import { type AsterClient, StatusCode } from "@aster/rpc";
import { describe, expect, test, vi } from "vitest";
import { Counter } from "../../src/counter.ts";
import { Testkit } from "../../src/service.ts";
import { callBytes } from "../support/call-bytes.ts";
import { ended } from "../support/outcome.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { connected, Witness } from "../support/witness.ts";

const MIB = 1024 * 1024;
const STREAMS_PER_CONNECTION = 1280;
const SESSIONS = 1024;

type Session = Awaited<ReturnType<typeof openSession>>;
const openSession = (client: AsterClient) => client.session(Counter);

export interface Floods {
  readonly calls: number;
  readonly resets: number;
  readonly cancelled: number;
}

/** The tests of this family, with so many of each. */
export function floods({ calls, resets, cancelled }: Floods): void {
  describe("floods", { timeout: 240_000 }, () => {
    test(`F1: ${calls} calls at once from one client`, async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      const testkit = client.client(Testkit, { timeoutMs: 120_000 });
      const before = (await server.stats()).rssBytes;
      let most = { streams: 0, rssBytes: 0 };
      const watch = setInterval(async () => {
        const { streams, rssBytes } = await server.stats();
        most = {
          streams: Math.max(most.streams, streams),
          rssBytes: Math.max(most.rssBytes, rssBytes),
        };
      }, 50);
      const all = Array.from({ length: calls }, () => ended(testkit.sleep({ ms: 20 })));
      const codes = new Set((await Promise.all(all)).map(({ code }) => code));
      clearInterval(watch);
      codes.delete(StatusCode.RESOURCE_EXHAUSTED);
      expect([...codes]).toEqual([StatusCode.OK]);
      expect(most.streams).toBeLessThanOrEqual(STREAMS_PER_CONNECTION + 1);
      expect(most.rssBytes - before).toBeLessThan(128 * MIB);
      await client.close();
      await witness.sees();
    });

    test(`F3: ${resets} calls that are begun and reset at once`, async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using peer = await RawPeer.at(server.address);
      const call = callBytes("json", "sleep", { ms: 600_000 });
      const reasons = new Set<string>();
      let closures = 0;
      for (let sent = 0; sent < resets; ) {
        let over = false;
        void peer.connection.closed.then(({ message }) => {
          over = true;
          reasons.add(message);
        });
        while (!over && sent < resets) {
          for (let burst = 0; burst < 50; burst += 1, sent += 1) peer.say(call).channel.reset(1);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        if (!over) break;
        closures += 1;
        expect((await server.stats()).inflight).toBeLessThanOrEqual(STREAMS_PER_CONNECTION);
        await peer.again();
      }
      expect(closures).toBeGreaterThan(0);
      expect([...reasons].join()).toContain("too_many_resets");
      await peer[Symbol.asyncDispose]();
      await witness.sees();
    });

    test("F8: one session more than a connection may have", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      const open = () => openSession(client);
      const sessions = await Promise.all(Array.from({ length: SESSIONS + 1 }, open));
      const add = (session: Session) => ended(session.add({ n: 1 }, { timeoutMs: 20_000 }));
      const codes = (await Promise.all(sessions.map(add))).map(({ code }) => code);
      const refused = codes.flatMap((code, at) => (code === StatusCode.OK ? [] : [at]));
      expect(refused.map((at) => codes[at])).toEqual([StatusCode.RESOURCE_EXHAUSTED]);
      const [one = 0] = refused;
      const another = one === 0 ? 1 : 0;
      expect((await add(sessions[one] as Session)).code).not.toBe(StatusCode.OK);
      await sessions[another]?.close();
      await vi.waitFor(async () => expect((await server.stats()).sessions).toBe(SESSIONS - 1));
      expect((await add(await open())).code).toBe(StatusCode.OK);
      expect((await ended(client.client(Testkit).echo({}))).code).toBe(StatusCode.OK);
      await client.close();
      await witness.sees();
    });

    test(`F9: ${cancelled} calls cancelled at any moment`, async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      const testkit = client.client(Testkit);
      let settled = 0;
      const call = async () => {
        const abort = new AbortController();
        setTimeout(() => abort.abort(), Math.random() * 20);
        const { code } = await ended(testkit.sleep({ ms: 60_000 }, { signal: abort.signal }));
        settled += 1;
        return code;
      };
      const codes = new Set<number>();
      for (let left = cancelled; left > 0; left -= 500) {
        const some = Array.from({ length: Math.min(left, 500) }, call);
        for (const code of await Promise.all(some)) codes.add(code);
      }
      expect(settled).toBe(cancelled);
      expect([...codes]).toEqual([StatusCode.CANCELLED]);
      await client.close();
      await witness.sees();
    });

    test("F12: a hundred watchers, one of which stands still", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      // JSON is not compressed: what is not read takes room
      const testkit = client.client(Testkit, { serialization: "json" });
      const watch = () => testkit.count({ end: 100, delayMs: 5, size: 16_384 });
      await using stalled = testkit.count({ end: 1_000_000, size: 16_384 });
      await stalled.next();
      const watchers = await Promise.all(Array.from({ length: 99 }, () => ended(watch())));
      for (const { code, items } of watchers) {
        expect(code).toBe(StatusCode.OK);
        expect(items).toHaveLength(100);
      }
      expect((await server.stats()).inflight).toBe(1);
      await stalled.return();
      await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(0), 5000);
      await client.close();
      await witness.sees();
    });
  });
}
