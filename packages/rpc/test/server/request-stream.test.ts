import type { Channel } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { limitsWith, type RpcLimitOptions } from "../../src/limits.ts";
import { PeerBudget } from "../../src/server/peer-budget.ts";
import { RequestStream } from "../../src/server/request-stream.ts";
import { ServerBudget } from "../../src/server/server-budget.ts";

const MIB = 1024 * 1024;
/** The bytes that a stream reserves for further messages. */
const SPARE = 16 * 1024;

function make(options: RpcLimitOptions = {}) {
  const limits = limitsWith({ maxHeldBytes: 1024 * MIB, ...options });
  const peer = new PeerBudget(new ServerBudget(limits), false);
  const events: string[] = [];
  const channel = {
    pause: () => events.push("pause"),
    resume: () => events.push("resume"),
  } as unknown as Channel;
  const open = () => new RequestStream(peer, limits, channel);
  return { peer, events, open };
}

function push(stream: RequestStream, bytes: number, extraBytes = 0): boolean {
  if (!stream.take(bytes + extraBytes)) return false;
  stream.queue.push({}, bytes, extraBytes);
  return true;
}

describe("the bytes that a stream counts", () => {
  test("are those of its messages and at most 16 KiB more", () => {
    const { peer, open } = make();
    const stream = open();
    let bytes = 0;
    for (let message = 0; message < 1000; message += 1) {
      expect(push(stream, 150)).toBe(true);
      bytes += 150;
      expect(peer.heldBytes).toBeGreaterThanOrEqual(bytes);
      expect(peer.heldBytes).toBeLessThanOrEqual(bytes + SPARE);
      expect(peer.server.heldBytes).toBe(peer.heldBytes);
    }
  });

  test("are 0 when the handler has read all and waits", async () => {
    const { peer, open } = make();
    const stream = open();
    for (let message = 0; message < 300; message += 1) push(stream, 100);
    for (let message = 0; message < 300; message += 1) await stream.queue.next();
    expect(peer.heldBytes).toBeGreaterThan(0);
    const next = stream.queue.next();
    expect(peer.heldBytes).toBe(0);
    push(stream, 100);
    await next;
    expect(peer.heldBytes).toBe(100 + SPARE);
  });

  test("go down while the handler reads", async () => {
    const { peer, open } = make();
    const stream = open();
    for (let message = 0; message < 200; message += 1) push(stream, 1000);
    for (let message = 0; message < 150; message += 1) await stream.queue.next();
    // the messages that wait, those of the last 16 KiB, and up to twice the reserve
    expect(peer.heldBytes).toBeLessThanOrEqual(50_000 + 4 * SPARE);
  });

  test("contain the memory of messages beyond their size", async () => {
    const { peer, open } = make();
    const stream = open();
    const list = Array.from({ length: 1000 }, () => ({ x: 1 }));
    stream.take(6000);
    const extra = stream.measure({ list }, 6000);
    expect(extra).toBeGreaterThan(20_000);
    expect(peer.heldBytes).toBe(6000 + SPARE + extra);
    stream.queue.push({ list }, 6000, extra);
    await stream.queue.next();
    void stream.queue.next();
    expect(peer.heldBytes).toBe(0);
  });

  test("are 0 after the handler has returned, also when it reads on", async () => {
    const { peer, open } = make();
    const stream = open();
    for (let message = 0; message < 500; message += 1) push(stream, 100, message % 3);
    stream.release();
    expect(peer.heldBytes).toBe(0);
    for (let message = 0; message < 500; message += 1) await stream.queue.next();
    await stream.queue.return();
    expect(peer.heldBytes).toBe(0);
    expect(peer.server.heldBytes).toBe(0);
  });

  test("are 0 after the messages were dropped", async () => {
    const { peer, open } = make();
    const stream = open();
    for (let message = 0; message < 500; message += 1) push(stream, 100, 7);
    await stream.queue.return();
    expect(peer.heldBytes).toBe(0);
  });
});

describe("a small budget", () => {
  test("is used up to its last byte, and less is reserved", () => {
    const { peer, open } = make({ maxHeldBytesPerPeer: 2048 });
    const stream = open();
    expect(push(stream, 100)).toBe(true);
    expect(peer.heldBytes).toBe(102);
    expect(push(stream, 1948)).toBe(true);
    expect(push(stream, 1)).toBe(false);
  });

  test("lets a message of any size pass when nothing is held", async () => {
    const { peer, open } = make({ maxHeldBytesPerPeer: 2048 });
    const streams = [open(), open()] as const;
    push(streams[0], 10);
    await streams[0].queue.next();
    expect(push(streams[1], 100_000)).toBe(false);
    void streams[0].queue.next();
    expect(push(streams[1], 100_000)).toBe(true);
    expect(peer.heldBytes).toBe(100_002);
  });

  test("pauses the stream until the message fits", async () => {
    const { peer, events, open } = make({ maxHeldBytesPerPeer: 100_000 });
    const stream = open();
    peer.take(99_000);
    const read: number[] = [];
    const reader = { frame: (_: number, payload: Uint8Array) => read.push(payload.length) };
    expect(push(stream, 1500)).toBe(false);
    peer.free(1000);
    stream.keep(reader, 0, new Uint8Array(1500));
    expect(events).toEqual(["pause"]);
    peer.free(98_000);
    await expect.poll(() => read).toEqual([1500]);
    expect(events).toEqual(["pause", "resume"]);
    expect(peer.heldBytes).toBe(0);
  });
});
