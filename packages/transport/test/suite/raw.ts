import { expect, test } from "vitest";
import { encodeFrame } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { channelOn, connected, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

export function rawTests(pair: () => NodePair): void {
  test("carry plain bytes in both directions", async () => {
    const { near, far, nearSink, farSink } = await channelOn(
      await connected(pair(), { raw: true }),
    );
    near.send(99, pattern(10));
    near.send(99, new Uint8Array(0));
    near.send(99, pattern(200_000, 1), true);
    await farSink.untilEnd();
    expect(farSink.frames.every(({ flags }) => flags === 0)).toBe(true);
    expect(farSink.frames.every(({ payload }) => payload.length > 0)).toBe(true);
    const expected = Buffer.concat([pattern(10), pattern(200_000, 1)]);
    expect(Buffer.compare(farSink.joined(), expected)).toBe(0);
    far.send(0, pattern(5), true);
    await nearSink.untilEnd();
    expect(nearSink.joined()).toEqual(pattern(5));
  });

  test("exchange frames with a framed peer, whatever the pieces", async () => {
    const { client, server } = await connected(pair(), { raw: true, serverRaw: false });
    const farSink = new Recorder();
    server.accept((channel) => {
      channel.read(farSink);
      channel.send(9, pattern(9), true);
    });
    const nearSink = new Recorder();
    const near = client.open(nearSink);
    const first = encodeFrame(4, pattern(20));
    for (const byte of first) near.send(0, Uint8Array.of(byte));
    near.send(0, Buffer.concat([encodeFrame(0, pattern(0)), encodeFrame(2, pattern(7))]), true);
    await farSink.untilEnd();
    expect(farSink.frames).toEqual([
      { flags: 4, payload: pattern(20) },
      { flags: 0, payload: pattern(0) },
      { flags: 2, payload: pattern(7) },
    ]);
    await nearSink.untilEnd();
    expect(nearSink.joined()).toEqual(encodeFrame(9, pattern(9)));
  });

  const broken = [
    { name: "a length of 0", bytes: [0, 0, 0, 0], end: false },
    { name: "a length over 16 MiB", bytes: [1, 0, 0, 1], end: false },
    { name: "the longest length there is", bytes: [255, 255, 255, 255, 1], end: false },
    { name: "an end before the flags", bytes: [9, 0, 0, 0], end: true },
    { name: "an end inside the payload", bytes: [9, 0, 0, 0, 1, 2], end: true },
  ];
  test.each(broken)(
    "make a framed peer report $name and receive its answer",
    async ({ bytes, end }) => {
      const { client, server } = await connected(pair(), { raw: true, serverRaw: false });
      const farSink = new Recorder();
      const answer = Uint8Array.of(13);
      server.accept((channel) => {
        channel.read(farSink);
        void farSink
          .until("the malformed call", (self) => self.broken !== undefined)
          .then(() => channel.send(2, answer, true));
      });
      const nearSink = new Recorder();
      const near = client.open(nearSink);
      near.send(0, Buffer.concat([encodeFrame(4, pattern(3)), Uint8Array.from(bytes)]), end);
      await nearSink.untilEnd();
      expect(nearSink.joined()).toEqual(encodeFrame(2, answer));
      expect(farSink.broken?.code).toBe("frame");
      expect(farSink.calls).toEqual(["frame", "malformed"]);
    },
  );

  test("end cleanly inside a length", async () => {
    const { client, server } = await connected(pair(), { raw: true, serverRaw: false });
    const farSink = new Recorder();
    server.accept((channel) => channel.read(farSink));
    client.open(new Recorder()).send(0, Uint8Array.of(1, 0, 0, 0, 2, 9, 0, 0), true);
    await farSink.untilEnd();
    expect(farSink.calls).toEqual(["frame", "end"]);
  });
}
