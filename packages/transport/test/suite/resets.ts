import { expect, test } from "vitest";
import { DEFAULT_MAX_CHANNELS } from "../../src/defaults.ts";
import { ResetCode } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { channelOn, connected, eventually, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

export function resetTests(pair: () => NodePair): void {
  test("a reset reaches the peer with its code and does not call the sink of its own side", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await connected(pair()));
    far.send(3, pattern(3));
    await nearSink.until("a frame", (self) => self.bytes > 0);
    near.reset(77);
    const lost = await farSink.untilLost();
    expect(lost).toMatchObject({ code: "reset", applicationCode: 77 });
    expect(farSink.calls.at(-1)).toBe("closed");
    expect(far.send(0, pattern(3))).toBe(true);
    near.reset(78);
    near.stop(79);
    expect(near.send(0, pattern(3))).toBe(true);
    near.end();
    await sleep(30);
    expect(nearSink.calls).toEqual(["frame"]);
  });

  test.each([
    { code: ResetCode.RefusedStream, unprocessed: true },
    { code: ResetCode.Cancelled, unprocessed: false },
  ])("after a reset with code $code, unprocessed is $unprocessed", async (expected) => {
    const { far, nearSink } = await channelOn(await connected(pair()));
    far.reset(expected.code);
    expect((await nearSink.untilLost()).unprocessed).toBe(expected.unprocessed);
  });

  test("a channel is unprocessed if its connection ended before anything was sent", async () => {
    const both = await connected(pair());
    const { nearSink } = await channelOn(both);
    both.server.close(0);
    expect((await nearSink.untilLost()).unprocessed).toBe(false);
    const late = new Recorder();
    both.client.open(late).send(0, pattern(3));
    const error = await late.untilLost();
    expect(error).toMatchObject({ code: "closed", unprocessed: true });
    expect(error.message).toBe((await both.client.closed).message);
  });

  test("a reset reaches a paused reader", async () => {
    const { near, far, farSink } = await channelOn(await connected(pair()));
    far.pause();
    near.send(0, pattern(10));
    await sleep(30);
    near.reset(5);
    expect(await farSink.untilLost()).toMatchObject({ applicationCode: 5 });
    expect(farSink.frames).toEqual([]);
  });

  test("a reset after the end of its own half reaches a peer that has not answered", async () => {
    const { near, far, farSink } = await channelOn(await connected(pair()));
    near.end();
    await farSink.untilEnd();
    near.reset(9);
    await farSink.until(
      "the cancellation",
      (self) => self.stopCode === 9 || self.lost?.applicationCode === 9,
    );
    expect(far.send(0, pattern(10))).toBe(true);
    far.end();
    await eventually("the channel is freed", () => pair().server.stats().channels === 0);
  });

  test("the stop of a channel that waits for the channel limit reaches the peer", async () => {
    const { client, server } = await connected(pair());
    const sinks: Recorder[] = [];
    server.accept((channel) => {
      const sink = new Recorder();
      sinks.push(sink);
      channel.read(sink);
    });
    const open = Array.from({ length: DEFAULT_MAX_CHANNELS }, () => {
      const channel = client.open(new Recorder());
      channel.send(1, pattern(1));
      return channel;
    });
    await eventually("the limit is reached", () => sinks.length === DEFAULT_MAX_CHANNELS);
    const waiting = client.open(new Recorder());
    waiting.stop(21);
    waiting.send(4, pattern(4), true);
    for (const channel of open) channel.reset(1);
    await eventually("the channel is open", () => sinks.length > DEFAULT_MAX_CHANNELS);
    const last = sinks.at(-1);
    await last?.until("the stop", ({ stopCode }) => stopCode === 21);
    await last?.until("the frame", ({ bytes }) => bytes === 4);
  });

  test("stop reaches the sender with its code, and the other direction goes on", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await connected(pair()));
    far.stop(21);
    await nearSink.until("the stop", (self) => self.stopCode === 21);
    expect(near.send(0, pattern(10))).toBe(true);
    far.send(4, pattern(4), true);
    await nearSink.untilEnd();
    expect(nearSink.frames).toEqual([{ flags: 4, payload: pattern(4) }]);
    near.end();
    await sleep(30);
    expect(farSink.calls).toEqual([]);
    await eventually("the channel is freed", () => pair().client.stats().channels === 0);
    expect(pair().server.stats().channels).toBe(0);
  });
}
