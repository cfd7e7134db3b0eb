// The places and bytes of a server, which no peer takes alone.
import { compressPayload, createCodec } from "@aster/codec";
import { clientStream, defineService, implement, StatusCode, wireType } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { heapBytesOf } from "../../src/message/heap-bytes.ts";
import { splitForyHeader } from "../../src/protocol/header.ts";
import { headerCodecs } from "../../src/protocol/structs.ts";
import { PeerBudget } from "../../src/server/peer-budget.ts";
import type { Route } from "../../src/server/route.ts";
import { RouteCache } from "../../src/server/route-cache.ts";
import { ServerBudget } from "../../src/server/server-budget.ts";
import { Item, Probe, probe } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { joined, json, text } from "../support/raw-say.ts";

const tick = (ms = 10): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const asked = (method: string, more: object = {}) =>
  json({ service: "Probe", method, version: 1, ...more });
const noCall = { callId: "", metadataKeys: [], metadataValues: [], serializationMode: 0 };

describe("calls of one peer", () => {
  test("runs maxCallsPerPeer calls and refuses one more", async () => {
    const server = new Server({ services: [probe()], limits: { maxCallsPerPeer: 2 } });
    await using pair = await rawPair(server);
    const client = createClient(Probe, pair.framed);
    const naps = Array.from({ length: 3 }, () => client.sleep({ n: 50 }));
    const [, , third] = await Promise.allSettled(naps);
    expect(third).toMatchObject({
      reason: { code: StatusCode.RESOURCE_EXHAUSTED, details: { reason: "limit.maxCallsPerPeer" } },
    });
    expect(server.stats().calls).toBe(0);
  });

  test("takes no place for a header until its request is there", async () => {
    using clock = fakeClock();
    const far = Date.UTC(9000, 0);
    const server = new Server({ services: [probe()], limits: { maxCalls: 1 } });
    await using pair = await rawPair(server);
    const silent = ["echo", "sleep"].map((method) => {
      return new RawCall(pair.raw).send(asked(method, { deadlineEpochMs: far }));
    });
    await tick();
    expect(server.stats()).toMatchObject({ calls: 0, callsTotal: 0 });
    expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
    await clock.advance(server.limits.headerTimeoutMs * 1.25 + 1);
    for (const call of silent) {
      const { trailer = new Uint8Array(0) } = await call.answer();
      expect(Buffer.from(trailer).toString()).toContain("headerTimeoutMs");
    }
  });

  test("ends a handler after handlerTimeoutMs, however far its deadline is", async () => {
    const server = new Server({ services: [probe()], limits: { handlerTimeoutMs: 60 } });
    await using pair = await rawPair(server);
    const nap = createClient(Probe, pair.framed).sleep({ n: 600_000 }, { timeoutMs: 600_000 });
    await expect(nap).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  });

  test("leaves places and bytes for the next peer, however many take all they can get", () => {
    const server = new Server({ services: [], limits: { maxHeldBytes: 1e9 } });
    const budget = new ServerBudget(server.limits);
    const greedy = Array.from({ length: 200 }, () => new PeerBudget(budget, false));
    for (const peer of greedy) {
      while (peer.calls < peer.maxCalls && budget.takesCall(peer.calls)) {
        peer.calls += 1;
        budget.calls += 1;
      }
      while (peer.fits(1e6)) peer.take(1e6);
      const newcomer = new PeerBudget(budget, false);
      expect(newcomer.fits(1e5)).toBe(true);
      expect(budget.takesCall(newcomer.calls)).toBe(true);
    }
    expect(() => greedy[0]?.take(1e6)).toThrow(/maxHeldBytes/);
    for (const peer of greedy) peer.free(peer.heldBytes);
    expect(budget.heldBytes).toBe(0);
  });
});

describe("a peer that wastes calls loses its connection", () => {
  const request = encodeFrame(0, text({ n: 600_000 }));
  const ways: readonly (readonly [string, (call: RawCall) => void])[] = [
    [
      "FIN, then STOP_SENDING",
      (call) => {
        call.send(joined(asked("sleep"), request), true);
        setTimeout(() => call.reset(1), 5);
      },
    ],
    ["malformed frames", (call) => call.send(Uint8Array.of(0, 0, 0, 0))],
    ["malformed requests", (call) => call.send(joined(asked("echo"), encodeFrame(0, text([]))))],
    ["unknown methods", (call) => call.send(asked("nothing"))],
    ["expired calls", (call) => call.send(asked("echo", { deadlineEpochMs: 1 }))],
  ];

  test.each(ways)("by %s", async (_, waste) => {
    const server = new Server({ services: [probe()], limits: { maxResets: 10 } });
    await using pair = await rawPair(server);
    for (let call = 0; call < 12; call += 1) waste(new RawCall(pair.raw));
    expect(await pair.raw.closed).toMatchObject({
      message: expect.stringContaining("too_many_resets"),
    });
    await expect.poll(() => server.stats()).toMatchObject({ calls: 0, heldBytes: 0 });
  });
});

describe("bytes of messages", () => {
  test("refuses a request beyond maxHeldBytesPerPeer, and frees those that have ended", async () => {
    const server = new Server({ services: [probe()], limits: { maxHeldBytesPerPeer: 100_000 } });
    await using pair = await rawPair(server);
    const bomb = compressPayload(
      createCodec()
        .type(Item)
        .encode({ n: 60_000, payload: "x".repeat(60_000) }),
    );
    const header = headerCodecs.fory.encode({
      service: "Probe",
      method: "sleep",
      version: 1,
      deadlineEpochMs: 0,
      ...noCall,
    });
    const call = joined(
      encodeFrame(FrameFlag.Header, header),
      encodeFrame(FrameFlag.Compressed, bomb),
    );
    const calls = Array.from({ length: 3 }, () => new RawCall(pair.raw).send(call, true));
    await expect.poll(() => server.stats().heldBytes).toBeGreaterThan(60_000);
    expect(server.stats().heldBytes).toBeLessThan(130_000);
    for (const held of calls) held.reset(1);
    await expect.poll(() => server.stats().heldBytes).toBe(0);
  });

  test("lets messages that were waiting go on in several turns, in order", async () => {
    const budget = new ServerBudget(new Server({ services: [] }).limits);
    const peer = new PeerBudget(budget, false);
    const order: number[] = [];
    for (let number = 0; number < 5; number += 1) {
      budget.wait({
        retry() {
          order.push(number);
          for (const until = performance.now() + 15; performance.now() < until; );
        },
      });
    }
    peer.take(1);
    peer.free(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order.length).toBeLessThan(3);
    await expect.poll(() => order).toEqual([0, 1, 2, 3, 4]);
  });

  test("counts the memory of small messages that wait in a stream", async () => {
    const Words = wireType("fair/Words", { words: z.array(z.string()) });
    const Box = defineService("Box", { version: 1 }, { fill: clientStream(Words, Words) });
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const box = implement(Box, {
      async fill() {
        await finished;
        return { words: [] };
      },
    });
    const limits = { maxQueuedItems: 1000, maxQueuedBytes: 1e6 };
    await using pair = await servicePair({ services: [box], limits, transport: "quic" });
    const message = { words: Array.from({ length: 300 }, () => "") };
    const filled = pair.client.client(Box).fill(Array.from({ length: 800 }, () => message));
    const memory = 800 * heapBytesOf(message, 1000);
    // the estimate comes from about a hundred of them
    await expect.poll(() => pair.server.stats().heldBytes).toBeGreaterThan(memory * 0.6);
    expect(pair.server.stats().heldBytes).toBeLessThan(memory * 1.6);
    finish();
    await filled;
    expect(pair.server.stats().heldBytes).toBe(0);
  });

  test("estimates the memory of small objects, not their size on the wire", () => {
    const list = Array.from({ length: 1000 }, () => ({ x: 1, y: 1.5 }));
    expect(heapBytesOf({ list }, 1e6)).toBeGreaterThan(60_000);
    expect(heapBytesOf({ list }, 10)).toBeLessThan(10_000);
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    expect(heapBytesOf(cycle, 1e5)).toBeGreaterThan(0);
    expect(heapBytesOf(new Map([[1n, new Set([new Uint8Array(500)])]]), 100)).toBeGreaterThan(600);
  });
});

describe("answers and frames that wait", () => {
  const budget = () => {
    const { limits } = new Server({ services: [], limits: { maxHeldBytesPerPeer: 1000 } });
    return new PeerBudget(new ServerBudget(limits), false);
  };

  test("lets one call after the other go on when the peer has read answers", async () => {
    const peer = budget();
    peer.changeUnsent(1000);
    expect(peer.crowded).toBe(true);
    let sent = 0;
    const call = { over: false };
    for (let waiting = 0; waiting < 5; waiting += 1) {
      void peer.room(call).then(() => {
        sent += 1;
        peer.changeUnsent(600);
      });
    }
    peer.changeUnsent(-1000);
    await tick(50);
    // the second answer makes the peer crowded again
    expect(sent).toBe(2);
    call.over = true;
    peer.changeUnsent(-1);
    await tick(50);
    expect(sent).toBe(5);
  });

  test("refuses frames behind paused streams when they and the requests are too many", () => {
    const peer = budget();
    expect(peer.mayKeep(5000)).toBe(true);
    peer.changeKept(600);
    peer.hold(300);
    expect(peer.mayKeep(100)).toBe(true);
    expect(peer.mayKeep(101)).toBe(false);
    expect(peer.server.heldBytes).toBe(900);
    peer.changeKept(-600);
    peer.free(300);
    expect(peer.server.heldBytes).toBe(0);
  });
});

test("reads a far negative deadline as negative", () => {
  for (const deadlineEpochMs of [-1, -(2 ** 52) - 1, -(2 ** 53) + 1]) {
    const header = { service: "Probe", method: "echo", version: 1, deadlineEpochMs, ...noCall };
    expect(splitForyHeader(headerCodecs.fory.encode(header))).toBeUndefined();
  }
});

test("keeps the headers in use when a peer sends thousands of others", () => {
  const cache = new RouteCache();
  const route = {} as Route;
  const named = (method: string) =>
    headerCodecs.fory.encode({
      service: "Probe",
      method,
      version: 1,
      deadlineEpochMs: 0,
      ...noCall,
    });
  const find = (bytes: Uint8Array) => {
    return cache.find(bytes, splitForyHeader(bytes)?.suffixOffset ?? 0);
  };
  const used = named("used");
  cache.add(used, { route, mode: "xlang" });
  for (let number = 0; number < 10_000; number += 1) {
    cache.add(named(`m${number}`), { route, mode: "xlang" });
    expect(find(used)).toBeDefined();
  }
  expect(find(named("m9999"))).toBeDefined();
  expect(find(named("m0"))).toBeUndefined();
});
