import { expect, test } from "vitest";
import type { Channel } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { channelOn, connected, echo, eventually, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

const FRAME_BYTES = 16 * 1024;
/** More than the windows and buffers of all layers together, on every transport. */
const BOUND_BYTES = 8 * 1024 * 1024;

/** Sends with back-pressure until there is no room for 300 ms. Returns the number of frames. */
async function sendUntilStuck(channel: Channel): Promise<number> {
  for (let sent = 0; sent < 10_000; ) {
    sent += 1;
    if (channel.send(0, pattern(FRAME_BYTES, sent))) continue;
    const stuck = new Promise<"stuck">((resolve) => setTimeout(resolve, 300, "stuck"));
    if ((await Promise.race([channel.drained(), stuck])) === "stuck") return sent;
  }
  throw new Error("the sender was never stopped");
}

export function flowTests(pair: () => NodePair): void {
  test("a paused reader stops its sender and loses nothing", async () => {
    const { near, far, farSink } = await channelOn(await connected(pair()));
    far.pause();
    const sent = await sendUntilStuck(near);
    expect(farSink.frames).toEqual([]);
    expect(sent * FRAME_BYTES).toBeLessThan(BOUND_BYTES);
    const { queuedBytes } = pair().server.stats();
    expect(queuedBytes + pair().client.stats().queuedBytes).toBeGreaterThan(0);
    far.resume();
    await near.drained();
    near.end();
    await farSink.untilEnd();
    expect(farSink.frames.length).toBe(sent);
    for (const [index, { payload }] of farSink.frames.entries()) {
      expect(Buffer.compare(payload, pattern(FRAME_BYTES, index + 1))).toBe(0);
    }
    await eventually("nothing is queued", () => pair().server.stats().queuedBytes === 0);
  });

  test("a pause inside a frame holds back the next frames and the end", async () => {
    const { client, server } = await connected(pair());
    const sink: Recorder = new Recorder(() => far?.pause());
    let far: Channel | undefined;
    server.accept((channel) => {
      far = channel;
      channel.read(sink);
    });
    const near = client.open(new Recorder());
    for (const flags of [1, 2, 3]) near.send(flags, pattern(flags), flags === 3);
    for (const count of [1, 2, 3]) {
      await sink.until(`frame ${count}`, (self) => self.frames.length === count);
      await sleep(20);
      expect(sink.calls).toEqual(new Array(count).fill("frame"));
      far?.resume();
    }
    await sink.untilEnd();
  });

  test("stops a sender of small frames too", async () => {
    const { near, far, farSink } = await channelOn(await connected(pair()));
    far.pause();
    let sent = 0;
    while (near.send(0, pattern(16)) && sent < 2_000_000) sent += 1;
    expect(sent).toBeLessThan(2_000_000);
    sent += 1;
    far.resume();
    near.end();
    await farSink.untilEnd();
    expect(farSink.frames.length).toBe(sent);
  });

  test("a paused channel does not delay other channels", async () => {
    const { client, server } = await connected(pair());
    const channels: Channel[] = [];
    const sinks: Recorder[] = [];
    server.accept((channel) => {
      const sink = new Recorder();
      sinks.push(sink);
      channels.push(channel);
      channel.read(sink);
      if (channels.length === 1) channel.pause();
    });
    await sendUntilStuck(client.open(new Recorder()));
    const other = client.open(new Recorder());
    other.send(0, pattern(1000), true);
    await eventually("the second channel arrived", () => sinks.length === 2);
    await sinks[1]?.untilEnd();
    expect(sinks[0]?.frames).toEqual([]);
  });

  test("drained resolves at once on a new channel, and when the channel is reset", async () => {
    const { near, far } = await channelOn(await connected(pair()));
    await near.drained();
    far.pause();
    await sendUntilStuck(near);
    const waiting = [near.drained(), near.drained()];
    near.reset(1);
    await Promise.all(waiting);
    await near.drained();
  });

  test("drained resolves when the peer resets, stops or closes the connection", async () => {
    const { client, server } = await connected(pair());
    const channels: Channel[] = [];
    server.accept((channel) => {
      channel.read(new Recorder());
      channel.pause();
      channels.push(channel);
    });
    const senders = await Promise.all(
      [0, 1, 2].map(async () => {
        const sender = client.open(new Recorder());
        await sendUntilStuck(sender);
        return sender;
      }),
    );
    const waiting = senders.map((sender) => sender.drained());
    channels[0]?.reset(1);
    channels[1]?.stop(1);
    await eventually(
      "two senders may go on",
      () => senders.filter((one) => one.send(0, pattern(1))).length === 2,
    );
    server.close();
    await Promise.all(waiting);
  });

  test("channels beyond 1280 wait until others end", async () => {
    const { client, server } = await connected(pair());
    const held: Channel[] = [];
    server.accept((channel) => {
      const sink = new Recorder();
      channel.read(sink);
      held.push(channel);
    });
    const sinks = Array.from({ length: 1290 }, () => {
      const sink = new Recorder();
      client.open(sink).send(1, pattern(8), true);
      return sink;
    });
    await eventually("the first channels arrived", () => held.length >= 1250);
    await sleep(50);
    expect(held.length).toBeLessThanOrEqual(1280);
    const answered = new Set<Channel>();
    await eventually("all calls are answered", () => {
      for (const channel of held) {
        if (!answered.has(channel)) channel.send(2, pattern(4), true);
        answered.add(channel);
      }
      return answered.size === 1290;
    });
    await Promise.all(sinks.map((sink) => sink.untilEnd()));
  });

  test("a busy stream does not starve timers", async () => {
    const { client, server } = await connected(pair());
    echo(server);
    const sink: Recorder = new Recorder((flags, payload) => channel.send(flags, payload));
    const channel = client.open(sink);
    channel.send(1, pattern(8));
    // looks at the frames in timers
    await eventually("100 frames came back", () => sink.frames.length > 100);
    channel.reset(1);
  });
}
