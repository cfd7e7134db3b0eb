import { expect, test } from "vitest";
import type { Channel } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { channelOn, connected, echo, eventually, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

export function closeTests(pair: () => NodePair): void {
  test("the close of a connection reaches both sides and every channel", async () => {
    const both = await connected(pair());
    const { nearSink, farSink } = await channelOn(both);
    both.server.close(42, "maintenance");
    const [here, there] = await Promise.all([both.server.closed, both.client.closed]);
    expect(here).toMatchObject({ code: "closed", applicationCode: 42 });
    expect(there).toMatchObject({ code: "closed", applicationCode: 42 });
    expect(there.message).toContain("maintenance");
    expect((await nearSink.untilLost()).code).toBe("closed");
    expect((await farSink.untilLost()).code).toBe("closed");
    both.server.close(43);
    expect(await both.server.closed).toBe(here);
  });

  test("delivers what was sent and ended before the close", async () => {
    const sizes = [0, 1, 100, 20_000, 300_000, 1_000_000];
    const both = await connected(pair());
    const senders: Channel[] = [];
    both.server.accept((channel) => {
      channel.read(new Recorder());
      senders.push(channel);
    });
    const sinks = sizes.map(() => new Recorder());
    for (const sink of sinks) both.client.open(sink).send(1, pattern(1), true);
    await eventually("all requests arrived", () => senders.length === sizes.length);
    for (const [index, bytes] of sizes.entries()) {
      if (bytes === 0) senders[index]?.end();
      else senders[index]?.send(2, pattern(bytes, index), true);
    }
    both.server.close();
    const ending = await both.client.closed;
    expect(ending).toMatchObject({ code: "closed", applicationCode: 0 });
    for (const [index, bytes] of sizes.entries()) {
      const sink = sinks[index];
      expect(sink?.calls).toEqual(bytes === 0 ? ["end"] : ["frame", "end"]);
      expect(Buffer.compare(sink?.joined() ?? pattern(9), pattern(bytes, index))).toBe(0);
    }
    await eventually("all are freed", () => pair().server.stats().nativeHandles <= 1);
  });

  test("the dispose of a connection waits until the peer has what was sent and the close", async () => {
    const { client, server } = await connected(pair());
    const sink = new Recorder();
    server.accept((channel) => channel.read(sink));
    client.open(new Recorder()).send(3, pattern(500_000), true);
    let gone = false;
    void server.closed.then(() => {
      gone = true;
    });
    await client[Symbol.asyncDispose]();
    await eventually("the peer has the close", () => gone);
    expect(sink.bytes).toBe(500_000);
    expect(pair().client.stats().nativeHandles).toBeLessThanOrEqual(1);
    await client[Symbol.asyncDispose]();
  });

  test("delivers calls that were opened just before the close", async () => {
    const { client, server } = await connected(pair());
    const sink = new Recorder();
    server.accept((channel) => channel.read(sink));
    client.open(new Recorder()).send(3, pattern(3), true);
    client.close();
    await sink.untilLost();
    expect(sink.frames).toEqual([{ flags: 3, payload: pattern(3) }]);
    expect(sink.calls).toEqual(["frame", "end", "closed"]);
  });

  test("drops channels that have not ended, without an end", async () => {
    const both = await connected(pair());
    const { far, nearSink } = await channelOn(both);
    const other = new Recorder();
    const ended = both.client.open(other);
    ended.send(1, pattern(1), true);
    far.send(2, pattern(1000));
    both.server.close();
    expect(await nearSink.untilLost()).toMatchObject({ code: "closed", applicationCode: 0 });
    expect(nearSink.ended).toBe(false);
    expect((await other.untilLost()).code).toMatch(/closed|reset/);
    expect(other.calls).toEqual(["closed"]);
  });

  test("the close of a node delivers what was sent", async () => {
    const both = await connected(pair());
    const { far, nearSink } = await channelOn(both);
    far.send(2, pattern(200_000), true);
    await pair().server.close();
    expect(await both.client.closed).toMatchObject({ code: "closed", applicationCode: 0 });
    expect(nearSink.bytes).toBe(200_000);
    expect(nearSink.calls).toEqual(["frame", "end", "closed"]);
  });

  test("a paused reader loses its unread frames and does not delay the close", async () => {
    const both = await connected(pair());
    const { near, far, nearSink } = await channelOn(both);
    near.pause();
    far.send(2, pattern(1_000_000), true);
    const before = Date.now();
    both.server.close();
    await both.server.closed;
    expect(Date.now() - before).toBeLessThan(900);
    expect((await nearSink.untilLost()).code).toBe("closed");
    expect(nearSink.calls).toEqual(["closed"]);
    expect(Date.now() - before).toBeLessThan(15_000);
  });

  test("a channel opened on a closed connection gets closed", async () => {
    const both = await connected(pair());
    echo(both.server);
    await both.client[Symbol.asyncDispose]();
    const sink = new Recorder();
    const channel = both.client.open(sink);
    expect(sink.calls).toEqual([]);
    expect(channel.send(0, pattern(10), true)).toBe(true);
    expect((await sink.untilLost()).code).toBe("closed");
    await channel.drained();
    expect(sink.calls).toEqual(["closed"]);
    expect(both.client.stats().channels).toBe(0);
  });
}
