import type { NativeNodeInit } from "@aster/native";
import { expect, test } from "vitest";
import type { Channel } from "../../src/index.ts";
import { CommandOp, EventOp } from "../../src/quic/border.ts";
import type { QuicConnection } from "../../src/quic/connection.ts";
import { Reactor } from "../../src/quic/reactor.ts";
import { sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";
import { ScriptedNode, scriptedModule } from "../support/scripted-node.ts";

const INBOUND = 0x8000_0001;

test("a new stream gets nothing of a paused channel that had its handle, and gives it nothing", async () => {
  const connections: QuicConnection[] = [];
  const nothing = (): void => {};
  const reactor = new Reactor(scriptedModule, {} as NativeNodeInit, {
    opened: nothing,
    connection: (connection) => connections.push(connection),
    asked: nothing,
    refused: nothing,
    dialed: nothing,
    failed: nothing,
    down: nothing,
  });
  const native = ScriptedNode.last;
  native.event(EventOp.CONNECTION, 1, 4, Buffer.from(`${"k".repeat(32)}alpn`));
  native.wake();
  const ends: { readonly channel: Channel; readonly sink: Recorder }[] = [];
  connections[0]?.accept((channel) => {
    const sink = new Recorder();
    channel.read(sink);
    if (ends.length === 0) channel.pause();
    ends.push({ channel, sink });
  });
  // the native side has freed the first stream, whose frames the paused channel still holds
  native.event(EventOp.STREAM, INBOUND, 1, new Uint8Array(0));
  native.event(EventOp.FRAME, INBOUND, 0, Buffer.from("first"));
  native.event(EventOp.FIN, INBOUND, 0, new Uint8Array(0));
  native.event(EventOp.STREAM, INBOUND, 1, new Uint8Array(0));
  native.event(EventOp.FRAME, INBOUND, 0, Buffer.from("second"));
  native.wake();
  const [first, second] = ends;
  expect(second?.sink.frames.map(({ payload }) => String(Buffer.from(payload)))).toEqual([
    "second",
  ]);
  first?.channel.resume();
  await first?.sink.until("the end", ({ ended }) => ended);
  expect(first?.sink.frames.map(({ payload }) => String(Buffer.from(payload)))).toEqual(["first"]);
  first?.channel.reset(1);
  second?.channel.reset(1);
  await sleep(1);
  const resets = native.commands.filter(({ op }) => op === CommandOp.RESET);
  expect(resets).toEqual([
    { op: CommandOp.RESET, handle: 0 },
    { op: CommandOp.RESET, handle: INBOUND },
  ]);
  expect(reactor.channels).toBe(0);
  reactor.keepAlive.stop();
});
