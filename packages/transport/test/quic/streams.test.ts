import { afterEach, describe, expect, test } from "vitest";
import {
  type Channel,
  type Connection,
  createNode,
  type Node,
  type NodeOptions,
} from "../../src/index.ts";
import { answer, call } from "../support/calls.ts";
import { ALPN, eventually, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

/** Connects to a server that echoes every channel except the first, whose reader starts paused. */
async function readerAndEcho(options: NodeOptions): Promise<{
  client: Connection;
  near: Channel;
  far: Channel;
  farSink: Recorder;
}> {
  const [client, server] = await Promise.all([createNode(options), createNode(options)]);
  nodes.push(client, server);
  const accepted = server.accept([ALPN]).next();
  const connection = await client.connect(server.address(), ALPN);
  const farSink = new Recorder();
  const far = accepted.then(
    ({ value }) => new Promise<Channel>((resolve) => acceptBoth(value, farSink, resolve)),
  );
  const near = connection.open(new Recorder());
  near.send(0, new Uint8Array(0));
  return { client: connection, near, far: await far, farSink };
}

function acceptBoth(server: Connection, sink: Recorder, first: (channel: Channel) => void): void {
  let seen = 0;
  server.accept((channel) => {
    seen += 1;
    if (seen > 1) return answer(channel);
    channel.read(sink);
    channel.pause();
    first(channel);
  });
}

/** Sends messages so slowly that each is sent in a packet of its own. */
async function trickle(channel: Channel, messages: number, ...sizes: number[]): Promise<void> {
  const payloads = sizes.map((bytes) => pattern(bytes));
  for (let sent = 0; sent < messages; sent += 1) {
    const payload = payloads[sent % payloads.length];
    if (payload !== undefined && !channel.send(0, payload)) await channel.drained();
    await new Promise((resolve) => setImmediate(resolve));
    // The I/O thread sends during this busy wait.
    for (const until = performance.now() + 0.06; performance.now() < until; );
  }
  channel.end();
}

describe("streams over QUIC", () => {
  // QUIC merges some of the last pieces and not others
  test.each([[[38]], [[128]], [[35, 1]]])(
    "a paused reader of messages of %j bytes loses neither the connection nor a message",
    async (sizes) => {
      const messages = 20_000;
      const { client, near, far, farSink } = await readerAndEcho({});
      const sending = trickle(near, messages, ...sizes);
      for (let calls = 0; calls < 20; calls += 1) {
        expect(await call(client, new Uint8Array(16))).toBe(16);
        await sleep(50);
      }
      expect(farSink.frames).toEqual([]);
      far.resume();
      await sending;
      await farSink.until("the end", (sink) => sink.ended);
      const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
      expect(farSink.bytes).toBe((messages / sizes.length) * total);
      far.end();
      await eventually("nothing is held", () => nodes[1]?.stats().queuedBytes === 0);
    },
    60_000,
  );

  test("large frames of all sizes arrive whole, also those that wait for a paused reader", async () => {
    const { near, far, farSink } = await readerAndEcho({});
    const sizes = [64 * 1024, 100_000, 1024 * 1024, 1024 * 1024 + 1, 3_000_000, 70_000];
    const payloads = sizes.map((bytes, at) => pattern(bytes).map((byte) => byte ^ at));
    far.resume();
    for (const payload of [...payloads, ...payloads]) {
      if (!near.send(0, payload)) await near.drained();
      far.pause();
      await sleep(5);
      far.resume();
    }
    near.end();
    await farSink.until("the end", ({ ended }) => ended);
    const arrived = farSink.frames.slice(-2 * sizes.length).map(({ payload }) => payload);
    for (const [at, payload] of [...payloads, ...payloads].entries()) {
      expect(Buffer.compare(arrived[at] as Uint8Array, payload)).toBe(0);
    }
  }, 60_000);

  test("a paused reader of 20-byte messages makes its sender wait, and what it holds is counted", async () => {
    const { client, near, far, farSink } = await readerAndEcho({});
    let sent = 0;
    let blocked = false;
    const sending = (async () => {
      const payload = pattern(20);
      for (; sent < 60_000; sent += 1) {
        if (!near.send(0, payload)) {
          blocked = true;
          break;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      near.end();
    })();
    await sending;
    expect(blocked).toBe(true);
    await sleep(200);
    // the window of the stream, in events that the far side has not consumed
    expect(nodes[1]?.stats().queuedBytes).toBeLessThan(1024 * 1024);
    expect(await call(client, new Uint8Array(16))).toBe(16);
    far.resume();
    await farSink.until("the end", ({ ended }) => ended);
    expect(farSink.bytes).toBe((sent + 1) * 20);
  }, 60_000);

  test("with large windows a paused reader loses at most its own channel", async () => {
    const messages = 60_000;
    const { client, near, far, farSink } = await readerAndEcho({ bulk: true });
    const sending = trickle(near, messages, 200);
    // The speed of the machine decides whether enough messages arrive one by one to exceed the
    // bound.
    await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, 8_000))]);
    expect(await call(client, new Uint8Array(16))).toBe(16);
    far.resume();
    await farSink.until("an end", (sink) => sink.ended || sink.lost !== undefined);
    if (farSink.lost === undefined) expect(farSink.bytes).toBe(messages * 200);
    else expect(farSink.lost).toMatchObject({ code: "limit" });
    expect(await call(client, new Uint8Array(16))).toBe(16);
  }, 60_000);

  test("a channel that was ended while it waited for the stream limit still ends", async () => {
    const { near, client } = await readerAndEcho({ maxChannels: 1 });
    const sink = new Recorder();
    client.open(sink).end();
    near.reset(1);
    await sink.untilEnd();
  });

  test("3000 reset channels do not count against the stream limit", async () => {
    const { client, near } = await readerAndEcho({});
    near.reset(1);
    for (let round = 0; round < 30; round += 1) {
      for (let count = 0; count < 100; count += 1) {
        const channel = client.open(new Recorder());
        channel.send(0, pattern(64));
        channel.reset(1);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await call(client, new Uint8Array(16))).toBe(16);
    for (const node of nodes) {
      await eventually("all channels are freed", () => node.stats().channels === 0);
      await eventually("the native streams are freed", () => node.stats().nativeHandles === 2);
      await eventually("nothing is queued", () => node.stats().queuedBytes === 0);
    }
  });

  test("large frames beyond the assembly budget of a connection wait for their share", async () => {
    const { client, near } = await readerAndEcho({});
    near.reset(1);
    const bytes = 12 * 1024 * 1024;
    const payload = new Uint8Array(bytes);
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(client, payload)));
    expect(answers).toEqual([bytes, bytes, bytes, bytes]);
    expect(await call(client, new Uint8Array(5))).toBe(5);
    for (const node of nodes)
      await eventually("nothing is queued", () => node.stats().queuedBytes === 0);
  }, 60_000);

  test("send throws at 64 MiB of unsent bytes", async () => {
    const { near } = await readerAndEcho({});
    const payload = new Uint8Array(8 * 1024 * 1024);
    const send = (): void => {
      for (let count = 0; count < 9; count += 1) near.send(0, payload);
    };
    expect(send).toThrow(expect.objectContaining({ code: "limit" }));
    near.reset(1);
  });
});
