import type { NativeNodeInit } from "@aster/native";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Channel, FrameFlag } from "../../src/index.ts";
import { EventOp } from "../../src/quic/border.ts";
import type { QuicConnection } from "../../src/quic/connection.ts";
import { Reactor } from "../../src/quic/reactor.ts";
import { Recorder } from "../support/recorder.ts";
import { ScriptedNode, scriptedModule } from "../support/scripted-node.ts";

const ATTACKER = 1;
const WITNESS = 2;
const COSTLY_MS = 15;
const costly = new Uint8Array(1000);

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** A reactor with two connections, whose frames are read in the time that `take` takes. */
class Setup {
  readonly native: ScriptedNode;
  readonly reactor: Reactor;
  readonly order: string[] = [];
  readonly sinks = new Map<number, Recorder>();
  readonly channels: Channel[] = [];
  readonly #connections: QuicConnection[] = [];
  #streams = 0x8000_0000;

  constructor(take: (peer: number) => void) {
    const nothing = (): void => {};
    this.reactor = new Reactor(scriptedModule, {} as NativeNodeInit, {
      opened: nothing,
      connection: (connection) => this.#connections.push(connection),
      asked: nothing,
      refused: nothing,
      dialed: nothing,
      failed: nothing,
      down: nothing,
    });
    this.native = ScriptedNode.last;
    for (const peer of [ATTACKER, WITNESS]) this.native.connection(peer, peer);
    this.native.wake();
    for (const connection of this.#connections) {
      connection.accept((channel) => {
        const sink = new Recorder(() => {
          this.order.push(connection.handle === ATTACKER ? "attacker" : "witness");
          take(connection.handle);
        });
        this.sinks.set(this.channels.push(channel), sink);
        channel.read(sink);
      });
    }
  }

  /** A new stream of the peer with these frames. Returns its handle. */
  stream(peer: number, ...frames: readonly Uint8Array[]): number {
    this.#streams += 1;
    this.native.event(EventOp.STREAM, this.#streams, peer);
    for (const frame of frames) this.native.event(EventOp.FRAME, this.#streams, 0, frame);
    return this.#streams;
  }

  sink(number: number): Recorder {
    return this.sinks.get(number) as Recorder;
  }
}

let setup: Setup;
beforeEach(() => {
  setup = new Setup((peer) => busy(peer === ATTACKER ? COSTLY_MS : 0));
});
afterEach(() => setup.reactor.keepAlive.stop());

test("delivers a frame of another peer before the second costly one of the same batch", async () => {
  for (let stream = 0; stream < 10; stream += 1) setup.stream(ATTACKER, costly);
  setup.stream(WITNESS, costly);
  setup.native.wake();
  await expect.poll(() => setup.order.length).toBe(11);
  expect(setup.order.slice(0, 2)).toEqual(["attacker", "witness"]);
});

test("delivers one costly frame in a turn", async () => {
  for (let stream = 0; stream < 10; stream += 1) setup.stream(ATTACKER, costly);
  let most = 0;
  let before = 0;
  setup.native.wake();
  while (setup.order.length < 10) {
    most = Math.max(most, setup.order.length - before);
    before = setup.order.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(most).toBe(1);
});

test("takes a short compressed frame for a costly one", async () => {
  for (let stream = 0; stream < 10; stream += 1) {
    const handle = setup.stream(ATTACKER);
    setup.native.event(EventOp.FRAME, handle, 0, new Uint8Array(9), FrameFlag.Compressed);
  }
  setup.native.wake();
  expect(setup.order).toHaveLength(1);
  await expect.poll(() => setup.order.length).toBe(10);
});

test("keeps the frames of a channel in order, and its end behind them", async () => {
  const frames = Array.from({ length: 5 }, (_, n) => new Uint8Array(600 + n));
  const handle = setup.stream(ATTACKER, ...frames);
  setup.native.event(EventOp.FRAME, handle, 0, Uint8Array.of(1));
  setup.native.event(EventOp.FIN, handle);
  setup.native.wake();
  const sink = setup.sink(1);
  await sink.until("the end", ({ ended }) => ended);
  expect(sink.frames.map(({ payload }) => payload.length)).toEqual([600, 601, 602, 603, 604, 1]);
  expect(sink.calls.at(-1)).toBe("end");
});

test("drops kept frames when the peer resets their stream", async () => {
  const handle = setup.stream(ATTACKER);
  setup.native.wake();
  setup.channels[0]?.pause();
  setup.native.event(EventOp.FRAME, handle, 0, costly);
  setup.native.wake();
  setup.channels[0]?.resume();
  setup.native.event(EventOp.RESET, handle, 7);
  setup.native.wake();
  await expect.poll(() => setup.sink(1).calls).toEqual(["closed"]);
  expect(setup.sink(1).frames).toEqual([]);
});

test("delivers no frame to a channel that was paused while the frame waited", async () => {
  const handle = setup.stream(ATTACKER);
  setup.stream(ATTACKER, costly);
  setup.native.wake();
  setup.channels[0]?.pause();
  setup.native.event(EventOp.FRAME, handle, 0, costly);
  setup.native.wake();
  setup.channels[0]?.resume();
  await Promise.resolve();
  setup.channels[0]?.pause();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(setup.sink(1).frames).toEqual([]);
  setup.channels[0]?.resume();
  await expect.poll(() => setup.sink(1).frames.length).toBe(1);
});

test("serves another peer between the small frames of one that are slow to handle", async () => {
  setup.reactor.keepAlive.stop();
  setup = new Setup((peer) => busy(peer === ATTACKER ? 2 : 0));
  const small = Uint8Array.of(1);
  for (let stream = 0; stream < 100; stream += 1) setup.stream(ATTACKER, small);
  setup.native.wake();
  const before = setup.order.length;
  setup.stream(WITNESS, small);
  await expect.poll(() => setup.order.length, { timeout: 10_000 }).toBe(101);
  expect(before).toBeLessThan(30);
  expect(setup.order.indexOf("witness") - before).toBeLessThan(10);
});

test("runs later work after the events of others, and before the next costly frame", async () => {
  setup.reactor.keepAlive.stop();
  setup = new Setup((peer) => {
    if (peer === ATTACKER) setup.channels[0]?.later?.(() => setup.order.push("work"));
    busy(peer === ATTACKER ? COSTLY_MS : 0);
  });
  for (let stream = 0; stream < 3; stream += 1) setup.stream(ATTACKER, costly);
  setup.native.wake();
  setup.stream(WITNESS, Uint8Array.of(1));
  await expect.poll(() => setup.order.length).toBe(7);
  expect(setup.order.slice(0, 3)).toEqual(["attacker", "witness", "work"]);
  expect(setup.order.slice(3)).toEqual(["attacker", "work", "attacker", "work"]);
});

test("gives a peer that was busy for long its turn among newcomers", () => {
  const [busyPeer, newcomer] = [setup.reactor.turns.join("busy"), setup.reactor.turns.join("new")];
  const at = performance.now();
  busyPeer.spend(3_600_000, at);
  newcomer.spend(1_500, at);
  expect(busyPeer.usedMs(at)).toBe(newcomer.usedMs(at));
  expect(busyPeer.usedMs(at + 60_000)).toBe(0);
});

test("delivers the frames of a resumed channel in several turns", async () => {
  setup.stream(ATTACKER);
  setup.native.wake();
  setup.channels[0]?.pause();
  for (let frame = 0; frame < 6; frame += 1) {
    setup.native.event(EventOp.FRAME, 0x8000_0001, 0, costly);
  }
  setup.native.wake();
  setup.channels[0]?.resume();
  await Promise.resolve();
  await Promise.resolve();
  expect(setup.order.length).toBeLessThan(3);
  await expect.poll(() => setup.order.length).toBe(6);
});

test("leaves the loop to others within a batch of many small frames", async () => {
  setup.reactor.keepAlive.stop();
  setup = new Setup(() => busy(0.2));
  const small = Uint8Array.of(1);
  setup.stream(ATTACKER, ...new Array<Uint8Array>(2000).fill(small));
  setup.native.wake();
  expect(setup.order.length).toBeGreaterThan(0);
  expect(setup.order.length).toBeLessThan(1000);
  await expect.poll(() => setup.order.length, { timeout: 10_000 }).toBe(2000);
});

test("forgets the time of a peer with its last connection", () => {
  const { turns } = setup.reactor;
  const time = turns.join("peer");
  expect(turns.join("peer")).toBe(time);
  turns.leave("peer", time);
  expect(turns.join("peer")).toBe(time);
  turns.leave("peer", time);
  turns.leave("peer", time);
  expect(turns.join("peer")).not.toBe(time);
});
