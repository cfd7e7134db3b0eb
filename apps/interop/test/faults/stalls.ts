// Peers that begin and do not go on: senders without an end, readers that do not read, applicants that say nothing.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RPC_ALPN, StatusCode } from "@aster/rpc";
import type { Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust";
import { describe, expect, test, vi } from "vitest";
import { Testkit } from "../../src/service.ts";
import { callBytes } from "../support/call-bytes.ts";
import { ended } from "../support/outcome.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { connected, Witness } from "../support/witness.ts";

const MIB = 1024 * 1024;
const STREAMS = 1280;

export interface Stalls {
  /** What a stream may take for its header; a sweep sees to it, so up to half as long again. */
  readonly headerMs: number;
  /** For how long nobody reads. */
  readonly stallMs: number;
  readonly applicants: number;
}

/** The tests of this family, with these times and numbers. */
export function stalls({ headerMs, stallMs, applicants }: Stalls): void {
  const patient = ["--limit", `headerTimeoutMs=${headerMs}`];
  const late = 1.5 * headerMs + 1000;

  // the times are those of a machine that has time
  describe.concurrent("stalls", { timeout: 240_000, retry: 2 }, () => {
    test("F2: a peer that takes all streams and says nothing", async () => {
      await using server = await TestkitServer.start(...patient);
      await using witness = await Witness.of(server);
      await using peer = await RawPeer.at(server.address);
      const began = performance.now();
      const silent = Array.from({ length: STREAMS }, () => peer.say(Uint8Array.of(9)));
      const endings = await Promise.all(silent.map(({ ending }) => ending));
      expect(performance.now() - began).toBeGreaterThan(headerMs * 0.7);
      expect(performance.now() - began).toBeLessThan(late);
      for (const ending of endings) expect(ending).toMatchObject({ code: "reset" });
      const next = peer.say(callBytes("json", "sleep", { ms: 1 }));
      next.channel.end();
      expect(await next.ending).toBe("ended");
      expect(next.answered).toBe(true);
      await peer[Symbol.asyncDispose]();
      await witness.sees();
    });

    test("F4: a header that comes byte by byte, and never ends", async () => {
      await using server = await TestkitServer.start(...patient);
      await using witness = await Witness.of(server);
      await using peer = await RawPeer.at(server.address);
      const bytes = callBytes("json", "sleep", { ms: 1 });
      const slow = peer.say(bytes.subarray(0, 1));
      let at = 1;
      const drip = setInterval(() => slow.send(bytes.subarray(at, ++at)), headerMs / 20);
      const began = performance.now();
      expect(await slow.ending).toMatchObject({ code: "reset" });
      clearInterval(drip);
      expect(performance.now() - began).toBeLessThan(late);
      await peer[Symbol.asyncDispose]();
      await witness.sees();
    });

    test("F5: a reader of a gigabyte that reads nothing for long", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      // JSON is not compressed: zeros take their room
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
      await witness.sees();
    });

    test("F6: a gigabyte for a handler that does not read", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using client = await connected(server.address);
      const blob = randomBytes(65_536);
      let sent = 0;
      async function* requests() {
        for (; sent < 16_384; sent += 1) yield { blob };
      }
      // its handler answers one by one, and waits where nobody takes the answers
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
      await witness.sees();
    });

    test("F7: 100 000 items of a client stream, and one more", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
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
      await witness.sees();
    });

    test(`F11: ${applicants} peers that ask to be let in and say no more`, async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
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
          await witness.testkit.echo({}, { timeoutMs: 1000 });
        }
      } finally {
        await Promise.all(nodes.map((node) => node.close()));
      }
      await witness.sees();
    });

    test("a ninth connection of one peer is one too many", async () => {
      await using server = await TestkitServer.start();
      await using witness = await Witness.of(server);
      await using node = await loopbackNode();
      const dial = () => node.connect(server.address, RPC_ALPN);
      const taken = [];
      for (let dialled = 0; dialled < 8; dialled += 1) taken.push(await dial());
      const ninth = await dial();
      expect((await ninth.closed).message).toContain("too many connections");
      taken[0]?.close();
      await vi.waitFor(async () => {
        const again = await dial();
        const closed = await Promise.race([again.closed, sleep(200)]);
        expect(closed).toBeUndefined();
      }, 5000);
      await node.close();
      await witness.sees();
    });
  });
}
