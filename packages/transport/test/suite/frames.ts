import { expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { channelOn, connected, echo, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

export function frameTests(pair: () => NodePair): void {
  test("arrive in order, with their flags, both ways", async () => {
    const { client, server } = await connected(pair());
    echo(server);
    const sink = new Recorder();
    const channel = client.open(sink);
    for (let index = 0; index < 1000; index += 1) {
      channel.send(index & 0xff, Uint8Array.of(index >> 8, index & 0xff), index === 999);
    }
    await sink.untilEnd();
    expect(sink.frames.map(({ flags }) => flags)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index & 0xff),
    );
    expect(sink.frames.map(({ payload }) => (payload[0]! << 8) | payload[1]!)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  test("arrive whole at every size from nothing to 1 MiB", async () => {
    const sizes = [0, 1, 4, 5, 1023, 4096, 65_535, 65_536, 262_144, 1_048_576];
    const { client, server } = await connected(pair());
    echo(server);
    const sink = new Recorder();
    const channel = client.open(sink);
    for (const [seed, size] of sizes.entries()) {
      if (!channel.send(seed, pattern(size, seed))) await channel.drained();
    }
    channel.end();
    await sink.untilEnd();
    expect(sink.frames.map(({ payload }) => payload.length)).toEqual(sizes);
    for (const [seed, { payload }] of sink.frames.entries()) {
      expect(Buffer.compare(payload, pattern(payload.length, seed))).toBe(0);
    }
  });

  test("of the largest size arrive, and one byte more throws", async () => {
    const { near, farSink } = await channelOn(await connected(pair()));
    const tooBig = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
    expect(() => near.send(0, tooBig)).toThrow(expect.objectContaining({ code: "limit" }));
    near.send(0, tooBig.subarray(1), true);
    await farSink.untilEnd();
    expect(farSink.frames.map(({ payload }) => payload.length)).toEqual([MAX_PAYLOAD_BYTES]);
  });

  test("are copied, so that the sender can reuse its buffer at once", async () => {
    const { near, farSink } = await channelOn(await connected(pair()));
    for (const size of [3, 100_000]) {
      const buffer = pattern(size);
      near.send(0, buffer);
      buffer.fill(0);
    }
    near.end();
    await farSink.untilEnd();
    expect(farSink.frames[0]?.payload).toEqual(pattern(3));
    expect(Buffer.compare(farSink.frames[1]!.payload, pattern(100_000))).toBe(0);
  });

  test("are not delivered inside a call of the sender", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await connected(pair()));
    near.send(0, pattern(10));
    far.send(0, pattern(10));
    near.end();
    far.end();
    expect([...nearSink.calls, ...farSink.calls]).toEqual([]);
    await Promise.all([nearSink.untilEnd(), farSink.untilEnd()]);
  });

  test("arrive from the accepting side before the opener has ended", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await connected(pair()));
    far.send(7, pattern(3), true);
    await nearSink.untilEnd();
    expect(nearSink.frames).toEqual([{ flags: 7, payload: pattern(3) }]);
    near.send(8, pattern(4));
    near.end();
    near.end();
    await farSink.untilEnd();
    expect(farSink.frames).toEqual([{ flags: 8, payload: pattern(4) }]);
  });

  test("are not mixed up between 300 channels", async () => {
    const { client, server } = await connected(pair());
    echo(server);
    const sinks = Array.from({ length: 300 }, (_, index) => {
      const sink = new Recorder();
      const channel = client.open(sink);
      channel.send(1, pattern(64, index));
      channel.send(2, pattern(index, index), true);
      return sink;
    });
    await Promise.all(sinks.map((sink) => sink.untilEnd()));
    for (const [index, sink] of sinks.entries()) {
      expect(sink.frames).toEqual([
        { flags: 1, payload: pattern(64, index) },
        { flags: 2, payload: pattern(index, index) },
      ]);
    }
  });
}
