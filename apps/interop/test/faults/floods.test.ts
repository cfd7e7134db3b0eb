// More than a server can do at a time: calls, resets, cancellations and slow readers.
import { type AsterClient, StatusCode } from "@aster/rpc";
import { Counter, Testkit } from "@aster-apps/testkit";
import { describe, expect, test, vi } from "vitest";
import { callBytes } from "./support/call-bytes.ts";
import { ControlClient, connected } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { ended } from "./support/outcome.ts";
import { RawPeer } from "./support/raw-peer.ts";
import { TestkitServer } from "./support/testkit-server.ts";

const { calls, resets, cancelled } = inForm({
  short: { calls: 10_000, resets: 5000, cancelled: 2000 },
  long: { calls: 100_000, resets: 50_000, cancelled: 20_000 },
});

const MIB = 1024 * 1024;
const STREAMS_PER_CONNECTION = 1280;
const SESSIONS = 1024;

type Session = Awaited<ReturnType<typeof openSession>>;
const openSession = (client: AsterClient) => client.session(Counter);

describe("floods", { timeout: 240_000 }, () => {
  test(`F1: the server stays within its limits under ${calls} calls at once from one client`, async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
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
    await control.expectHealthy();
  });

  test(`F3: the server closes a connection that resets too many of ${resets} calls`, async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
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
        for (let burst = 0; burst < 50; burst += 1, sent += 1) peer.open(call).channel.reset(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (!over) break;
      closures += 1;
      expect((await server.stats()).inflight).toBeLessThanOrEqual(STREAMS_PER_CONNECTION);
      await peer.reconnect();
    }
    expect(closures).toBeGreaterThan(0);
    expect([...reasons].join()).toContain("too_many_resets");
    await peer[Symbol.asyncDispose]();
    await control.expectHealthy();
  });

  test("F8: the server refuses one session more than a connection may have", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
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
    await expect.poll(async () => (await server.stats()).sessions).toBe(SESSIONS - 1);
    expect((await add(await open())).code).toBe(StatusCode.OK);
    expect((await ended(client.client(Testkit).echo({}))).code).toBe(StatusCode.OK);
    await client.close();
    await control.expectHealthy();
  });

  test(`F9: each of ${cancelled} calls that are cancelled at random times settles once`, async () => {
    // 500 calls run at a time, more than one peer may have by default
    const limits = ["--limit", "maxResets=1000000", "--limit", "maxCallsPerPeer=1000"];
    await using server = await TestkitServer.start(...limits);
    await using control = await ControlClient.of(server);
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
    await control.expectHealthy();
  });

  test("F12: a reader that stalls does not delay 99 other readers", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using client = await connected(server.address);
    // JSON is not compressed, so unread messages occupy buffers
    const testkit = client.client(Testkit, { serialization: "json" });
    const watch = () => testkit.count({ end: 100, delayMs: 5, size: 16_384 });
    await using stalled = testkit.count({ end: 1_000_000, size: 16_384 });
    await stalled.next();
    const watchers = await Promise.all(Array.from({ length: 99 }, () => ended(watch())));
    for (const { code, items } of watchers) {
      expect(code).toBe(StatusCode.OK);
      expect(items).toHaveLength(100);
    }
    // a call is over at the server when its answer has been acknowledged
    await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(1), 30_000);
    await stalled.return();
    await vi.waitFor(async () => expect((await server.stats()).inflight).toBe(0), 30_000);
    await client.close();
    await control.expectHealthy();
  });
});
