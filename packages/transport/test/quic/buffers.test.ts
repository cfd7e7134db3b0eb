import { expect, test } from "vitest";
import { type BufferObserver, type Channel, encodeFrame } from "../../src/index.ts";
import { loopbackPair } from "../../src/testing.ts";
import { channelOn, connected, echo, eventually, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

const FRAME_BYTES = 16 * 1024;
/** More than a paused reader takes, by less than the size that `send` waits for. */
const FRAMES = 26;

/** Records what it observes. It keeps as many frames as `most` bytes allow. */
class Observer implements BufferObserver {
  unsentBytes = 0;
  arrivingBytes = 0;
  keptBytes = 0;
  readonly channels: Channel[] = [];
  readonly #most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  unsent(change: number): void {
    this.unsentBytes += change;
  }

  unfinished(channel: Channel): void {
    this.channels.push(channel);
  }

  arriving(change: number): void {
    this.arrivingBytes += change;
  }

  kept(change: number): void {
    this.keptBytes += change;
  }

  mayKeep(bytes: number): boolean {
    return this.keptBytes + bytes <= this.#most;
  }
}

async function observed(observer: Observer) {
  const pair = await loopbackPair();
  const ends = await connected(pair);
  ends.server.observe?.(observer);
  return { pair, ends };
}

/** Sends more than the paused peer takes, so that a small part stays in the send buffer. */
async function fillSlowly(channel: Channel): Promise<void> {
  for (let frame = 0; frame < FRAMES; frame += 1) {
    channel.send(0, pattern(FRAME_BYTES));
    await sleep(2);
  }
  await sleep(100);
}

test.each([
  ["ended", true],
  ["not ended", false],
])(
  "a small rest of an answer is reported until it has left, when the peer has %s",
  async (_, peerEnded) => {
    const observer = new Observer();
    const { pair, ends } = await observed(observer);
    await using _nodes = pair;
    const { near, nearSink, far, farSink } = await channelOn(ends);
    near.pause();
    if (peerEnded) {
      near.end();
      await farSink.untilEnd();
    }
    await fillSlowly(far);
    far.end();
    await eventually("the rest is seen", () => observer.channels.length > 0);
    const [rest] = observer.channels;
    const bytes = (await rest?.measureUnsent?.()) ?? 0;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(128 * 1024);
    let left = false;
    void rest?.drained().then(() => {
      left = true;
    });
    await sleep(50);
    expect(left).toBe(false);
    expect(await rest?.measureUnsent?.()).toBe(bytes);
    near.resume();
    await eventually("the rest has left", () => left);
    await nearSink.untilEnd();
    expect(nearSink.bytes).toBe(FRAMES * FRAME_BYTES);
    expect(observer.channels).toHaveLength(1);
    await eventually("nothing is counted", () => observer.unsentBytes === 0);
    near.end();
    await eventually("the channel is over", () => ends.server.stats().channels === 0);
  },
);

test.each<[string, (near: Channel) => void]>([
  ["stops reading", (near) => near.stop(1)],
  ["resets the channel", (near) => near.reset(1)],
  ["closes the connection", (near) => near.connection.close(1)],
])("a rest of an answer is over when the peer %s", async (_, leave) => {
  const observer = new Observer();
  const { pair, ends } = await observed(observer);
  await using _nodes = pair;
  const { near, far, farSink } = await channelOn(ends);
  near.pause();
  near.end();
  await farSink.untilEnd();
  await fillSlowly(far);
  far.end();
  await eventually("the rest is seen", () => observer.channels.length > 0);
  leave(near);
  await observer.channels[0]?.drained();
  expect(await observer.channels[0]?.measureUnsent?.()).toBe(0);
  await eventually("nothing is counted", () => observer.unsentBytes === 0);
  await eventually("the channel is over", () => ends.server.stats().channels === 0);
});

test("a rest of an answer can be reset", async () => {
  const observer = new Observer();
  const { pair, ends } = await observed(observer);
  await using _nodes = pair;
  const { near, nearSink, far, farSink } = await channelOn(ends);
  near.pause();
  near.end();
  await farSink.untilEnd();
  await fillSlowly(far);
  far.end();
  await eventually("the rest is seen", () => observer.channels.length > 0);
  observer.channels[0]?.reset(1);
  near.resume();
  await nearSink.untilLost();
  await eventually("nothing is counted", () => observer.unsentBytes === 0);
  await eventually("the server has no stream", () => pair.server.stats().channels === 0);
});

test("large answers count from the moment they are sent until they have left", async () => {
  const observer = new Observer();
  const { pair, ends } = await observed(observer);
  await using _nodes = pair;
  const { near, far } = await channelOn(ends);
  near.pause();
  for (let item = 0; item < 12; item += 1) far.send(0, pattern(FRAME_BYTES * 16));
  far.end();
  expect(observer.unsentBytes).toBeGreaterThanOrEqual(2 * 1024 * 1024);
  await sleep(200);
  expect(observer.unsentBytes).toBeGreaterThan(1024 * 1024);
  expect(observer.unsentBytes).toBeLessThan(3 * 1024 * 1024);
  near.resume();
  await far.drained();
  expect(await far.measureUnsent?.()).toBe(0);
  await eventually("nothing is counted", () => observer.unsentBytes === 0);
  // the end was waited for, so it is not reported again
  expect(observer.channels).toEqual([]);
});

test("answers that leave at once are not reported", async () => {
  const observer = new Observer();
  const { pair, ends } = await observed(observer);
  await using _nodes = pair;
  echo(ends.server);
  for (let call = 0; call < 50; call += 1) {
    const sink = new Recorder();
    ends.client.open(sink).send(0, pattern(1024), true);
    await sink.untilEnd();
  }
  expect(observer.channels).toEqual([]);
  expect(observer.unsentBytes).toBe(0);
});

test("frames that wait for a paused reader are counted, and refused when they are too many", async () => {
  const observer = new Observer(100 * 1024);
  const { pair, ends } = await observed(observer);
  await using _nodes = pair;
  const { near, nearSink, far, farSink } = await channelOn(ends);
  far.pause();
  for (let frame = 0; frame < 4; frame += 1) near.send(0, pattern(FRAME_BYTES));
  await eventually("they are kept", () => observer.keptBytes > 4 * FRAME_BYTES);
  far.resume();
  await farSink.until("all are read", (self) => self.bytes === 4 * FRAME_BYTES);
  expect(observer.keptBytes).toBe(0);
  far.pause();
  for (let frame = 0; frame < 10; frame += 1) near.send(0, pattern(FRAME_BYTES));
  await farSink.until("one is refused", (self) => self.broken !== undefined);
  expect(farSink.broken).toMatchObject({ code: "limit" });
  await nearSink.until("the stop", (self) => self.stopCode !== undefined);
  expect(observer.keptBytes).toBe(0);
  far.send(2, pattern(10), true);
  await nearSink.untilEnd();
});

test("a part of a frame counts until the frame is whole", async () => {
  const observer = new Observer();
  const pair = await loopbackPair();
  await using _nodes = pair;
  const ends = await connected(pair, { raw: true, serverRaw: false });
  ends.server.observe?.(observer);
  const farSink = new Recorder();
  ends.server.accept((channel) => channel.read(farSink));
  const frame = encodeFrame(0, pattern(300 * 1024));
  const near = ends.client.open(new Recorder());
  near.send(0, frame.subarray(0, 200 * 1024));
  await eventually("the part is counted", () => observer.arrivingBytes > 100 * 1024);
  expect(pair.server.stats().queuedBytes).toBeGreaterThan(100 * 1024);
  near.send(0, frame.subarray(200 * 1024));
  await farSink.until("the frame", (self) => self.bytes > 0);
  await eventually("nothing is counted", () => observer.arrivingBytes === 0);
  near.send(0, frame.subarray(0, 200 * 1024));
  await eventually("the part is counted", () => observer.arrivingBytes > 100 * 1024);
  near.reset(1);
  await eventually("nothing is counted", () => observer.arrivingBytes === 0);
});
