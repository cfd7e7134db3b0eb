import type { NativeNodeInit } from "@aster/native";
import { expect, test } from "vitest";
import type { Channel } from "../../src/index.ts";
import { CommandOp, EventOp, RecordHeader } from "../../src/quic/border.ts";
import type { QuicConnection } from "../../src/quic/connection.ts";
import type { NativeModule } from "../../src/quic/native.ts";
import { Reactor } from "../../src/quic/reactor.ts";
import { sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

const INBOUND = 0x8000_0001;

interface Command {
  readonly op: number;
  readonly handle: number;
}

/** A native node whose events the test writes, and whose commands it reads. */
class ScriptedNode {
  static last: ScriptedNode;
  readonly commands: Command[] = [];
  readonly #wake: () => void;
  #events: Uint8Array[] = [];

  constructor(_init: unknown, wake: () => void) {
    this.#wake = wake;
    ScriptedNode.last = this;
  }

  event(op: number, handle: number, arg: number, payload: Uint8Array): void {
    const record = new Uint8Array(RecordHeader.BYTES + payload.length);
    const view = new DataView(record.buffer);
    view.setUint8(RecordHeader.OP_AT, op);
    view.setUint32(RecordHeader.HANDLE_AT, handle, true);
    view.setUint32(RecordHeader.ARG_AT, arg, true);
    view.setUint32(RecordHeader.LENGTH_AT, payload.length, true);
    record.set(payload, RecordHeader.BYTES);
    this.#events.push(record);
  }

  wake(): void {
    this.#wake();
  }

  drain(target: Uint8Array): number {
    let size = 0;
    for (const record of this.#events.splice(0)) {
      target.set(record, size);
      size += record.length;
    }
    return size;
  }

  submit(batch: Uint8Array, used: number): void {
    const view = new DataView(batch.buffer, batch.byteOffset, used);
    for (let at = 0; at < used; ) {
      const op = view.getUint8(at + RecordHeader.OP_AT);
      this.commands.push({ op, handle: view.getUint32(at + RecordHeader.HANDLE_AT, true) });
      at += RecordHeader.BYTES + view.getUint32(at + RecordHeader.LENGTH_AT, true);
    }
  }

  detach(): void {}
}

test("a new stream gets nothing of a paused channel that had its handle, and gives it nothing", async () => {
  const connections: QuicConnection[] = [];
  const nothing = (): void => {};
  const module = { NativeNode: ScriptedNode } as unknown as NativeModule;
  const reactor = new Reactor(module, {} as NativeNodeInit, {
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
