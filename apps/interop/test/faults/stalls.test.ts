// Peers that stop in the middle: senders that never finish, readers that do not read, silent
// applicants.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { RPC_ALPN } from "@aster/rpc/server";
import type { Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test, vi } from "vitest";
import { callBytes } from "./support/call-bytes.ts";
import { ControlClient, connected } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { ended } from "./support/outcome.ts";
import { RawPeer } from "./support/raw-peer.ts";
import { TestkitServer } from "./support/testkit-server.ts";

const { headerMs, stallMs, applicants } = inForm({
  // the time for a header, the time without reading, and the number of silent peers
  short: { headerMs: 2000, stallMs: 2000, applicants: 64 },
  long: { headerMs: 10_000, stallMs: 30_000, applicants: 200 },
});

const MIB = 1024 * 1024;
const STREAMS = 1280;

const limits = ["--limit", `headerTimeoutMs=${headerMs}`];
// a periodic sweep enforces the limit, up to half as long again after it
const late = 1.5 * headerMs + 20_000;

describe.concurrent("stalls", { timeout: 240_000 }, () => {
  test("F2: the server resets all streams of a peer that sends no header", async () => {
    await using server = await TestkitServer.start(...limits);
    await using control = await ControlClient.of(server);
    await using peer = await RawPeer.at(server.address);
    const began = performance.now();
    const silent = Array.from({ length: STREAMS }, () => peer.open(Uint8Array.of(9)));
    const endings = await Promise.all(silent.map(({ ending }) => ending));
    expect(performance.now() - began).toBeGreaterThan(headerMs * 0.7);
    expect(performance.now() - began).toBeLessThan(late);
    for (const ending of endings) expect(ending).toMatchObject({ code: "reset" });
    const next = peer.open(callBytes("json", "sleep", { ms: 1 }));
    next.channel.end();
    expect(await next.ending).toBe("ended");
    expect(next.answered).toBe(true);
    await peer[Symbol.asyncDispose]();
    await control.expectHealthy();
  });

  test("F4: the server resets a stream whose header arrives byte by byte and never ends", async () => {
    await using server = await TestkitServer.start(...limits);
    await using control = await ControlClient.of(server);
    await using peer = await RawPeer.at(server.address);
    const bytes = callBytes("json", "sleep", { ms: 1 });
    const slow = peer.open(bytes.subarray(0, 1));
    let at = 1;
    const drip = setInterval(() => slow.send(bytes.subarray(at, ++at)), headerMs / 20);
    const began = performance.now();
    expect(await slow.ending).toMatchObject({ code: "reset" });
    clearInterval(drip);
    expect(performance.now() - began).toBeLessThan(late);
    await peer[Symbol.asyncDispose]();
    await control.expectHealthy();
  });

  test("F5: a handler waits for a client that does not read its gigabyte", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using client = await connected(server.address);
    // JSON is not compressed, so zeros occupy buffers
    const testkit = client.client(Testkit, { serialization: "json" });
    const before = await server.stats({ collect: true });
    const stream = testkit.count({ end: 16_384, size: 65_536 }, { timeoutMs: 600_000 });
    await stream.next();
    await sleep(stallMs);
    const during = await server.stats({ collect: true });
    expect(during.inflight).toBe(1);
    expect(during.queuedBytes).toBeLessThan(8 * MIB);
    expect(during.rssBytes - before.rssBytes).toBeLessThan(32 * MIB);
    expect(client.node.stats().queuedBytes).toBeLessThan(8 * MIB);
    expect((await stream.next()).value?.n).toBe(1);
    await stream.return();
    await client.close();
    await control.expectHealthy();
  });

  test("F6: a client waits for a handler that does not read its gigabyte", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using client = await connected(server.address);
    const blob = randomBytes(65_536);
    let sent = 0;
    async function* requests() {
      for (; sent < 16_384; sent += 1) yield { blob };
    }
    // the handler answers one by one and waits while the answers are not read
    const before = await server.stats({ collect: true });
    const replies = client.client(Testkit).chat(requests(), { timeoutMs: 600_000 });
    await replies.next();
    await sleep(stallMs);
    for (let stuckAt = -1; stuckAt !== sent; await sleep(500)) stuckAt = sent;
    expect(sent * blob.length).toBeLessThan(8 * MIB);
    const during = await server.stats({ collect: true });
    expect(during.rssBytes - before.rssBytes).toBeLessThan(32 * MIB);
    expect(client.node.stats().queuedBytes).toBeLessThan(8 * MIB);
    await replies.return();
    await client.close();
    await control.expectHealthy();
  });

  test("F7: a client stream ends with RESOURCE_EXHAUSTED after 100 000 items", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using client = await connected(server.address);
    const testkit = client.client(Testkit, { timeoutMs: 60_000 });
    function* items(count: number) {
      for (let n = 0; n < count; n += 1) yield { n: 1 };
    }
    const full = await ended(testkit.sum(items(100_000)));
    expect(full).toMatchObject({ code: StatusCode.OK, items: [{ total: 100_000 }] });
    const over = await ended(testkit.sum(items(100_001)));
    expect(over.code).toBe(StatusCode.RESOURCE_EXHAUSTED);
    expect(over.message).toContain("100000 items");
    await client.close();
    await control.expectHealthy();
  });

  test(`F11: ${applicants} silent peers do not delay other calls`, async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    const nodes: Node[] = [];
    try {
      for (let left = applicants; left > 0; left -= 8) {
        const node = await loopbackNode();
        nodes.push(node);
        const alpn = left % 3 === 0 ? RPC_ALPN : CONSUMER_ADMISSION_ALPN;
        const dials = Array.from({ length: Math.min(left, 8) }, () =>
          node.connect(server.address, alpn, { raw: true }),
        );
        for (const connection of await Promise.all(dials)) {
          connection.open({ frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} });
        }
      }
      expect((await server.stats()).connections).toBeGreaterThan(applicants / 2);
      for (let call = 0; call < 50; call += 1) {
        await control.testkit.echo({}, { timeoutMs: 1000 });
      }
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
    await control.expectHealthy();
  });

  test("the server refuses a ninth connection of one peer", async () => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using node = await loopbackNode();
    const dial = () => node.connect(server.address, RPC_ALPN);
    const taken = [];
    for (let dialed = 0; dialed < 8; dialed += 1) taken.push(await dial());
    const ninth = await dial();
    expect((await ninth.closed).message).toContain("too many connections");
    taken[0]?.close();
    await vi.waitFor(async () => {
      const again = await dial();
      const closed = await Promise.race([again.closed, sleep(200)]);
      expect(closed).toBeUndefined();
    }, 5000);
    await node.close();
    await control.expectHealthy();
  });
});
