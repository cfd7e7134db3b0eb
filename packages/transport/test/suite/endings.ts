import { expect, test } from "vitest";
import { type Channel, ResetCode } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { acceptOne, channelOn, echo, eventually, linked, pattern } from "../pair.ts";
import { Recorder } from "../recorder.ts";

const pause = (ms = 30): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function endingTests(pair: () => NodePair): void {
  test("a reset is told to the peer with its code, and to nobody else", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await linked(pair()));
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
    await pause();
    expect(nearSink.calls).toEqual(["frame"]);
  });

  test("a reset gets past a paused reader", async () => {
    const { near, far, farSink } = await channelOn(await linked(pair()));
    far.pause();
    near.send(0, pattern(10));
    await pause();
    near.reset(5);
    expect(await farSink.untilLost()).toMatchObject({ applicationCode: 5 });
    expect(farSink.frames).toEqual([]);
  });

  test("a reset after our end still reaches a peer that has not answered", async () => {
    const { near, far, farSink } = await channelOn(await linked(pair()));
    near.end();
    await farSink.untilEnd();
    near.reset(9);
    await farSink.until(
      "the cancellation",
      (self) => self.stopCode === 9 || self.lost?.applicationCode === 9,
    );
    expect(far.send(0, pattern(10))).toBe(true);
    far.end();
    await eventually("it is freed", () => pair().server.stats().channels === 0);
  });

  test("stop tells the sender its code; the other direction goes on", async () => {
    const { near, far, nearSink, farSink } = await channelOn(await linked(pair()));
    far.stop(21);
    await nearSink.until("the stop", (self) => self.stopCode === 21);
    expect(near.send(0, pattern(10))).toBe(true);
    far.send(4, pattern(4), true);
    await nearSink.untilEnd();
    expect(nearSink.frames).toEqual([{ flags: 4, payload: pattern(4) }]);
    near.end();
    await pause();
    expect(farSink.calls).toEqual([]);
    await eventually("both are freed", () => pair().client.stats().channels === 0);
    expect(pair().server.stats().channels).toBe(0);
  });

  test("a sink that throws loses its channel and no other", async () => {
    const { client, server } = await linked(pair());
    server.accept((channel) => {
      const sink = new Recorder((flags, payload) => {
        if (flags === 1) throw new Error("the sink is broken");
        channel.send(flags, payload);
      });
      channel.read(sink);
    });
    const broken = new Recorder();
    client.open(broken).send(1, pattern(3));
    const whole = new Recorder();
    client.open(whole).send(2, pattern(3));
    expect(await broken.untilLost()).toMatchObject({
      code: "reset",
      applicationCode: ResetCode.InternalError,
    });
    await whole.until("the echo", (self) => self.frames.length === 1);
    expect(whole.lost).toBeUndefined();
  });

  test("a channel whose handler does not read it is refused; one that throws resets it", async () => {
    const { client, server } = await linked(pair());
    let calls = 0;
    server.accept(() => {
      calls += 1;
      if (calls === 2) throw new Error("the handler is broken");
    });
    const refused = new Recorder();
    client.open(refused).send(0, pattern(1));
    expect(await refused.untilLost()).toMatchObject({ applicationCode: ResetCode.RefusedStream });
    const broken = new Recorder();
    client.open(broken).send(0, pattern(1));
    expect((await broken.untilLost()).code).toBe("reset");
  });

  test("a channel has one sink and a connection one handler", async () => {
    const { client, server } = await linked(pair());
    const near = client.open(new Recorder());
    expect(() => near.read(new Recorder())).toThrow(expect.objectContaining({ code: "limit" }));
    server.accept(() => {});
    expect(() => server.accept(() => {})).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("channels that came before the handler wait for it", async () => {
    const { client, server } = await linked(pair());
    const near = new Recorder();
    client.open(near).send(6, pattern(6), true);
    await pause();
    const sink = new Recorder();
    (await acceptOne(server, sink)).end();
    await Promise.all([sink.untilEnd(), near.untilEnd()]);
    expect(sink.frames).toEqual([{ flags: 6, payload: pattern(6) }]);
  });

  test("closing a connection tells both sides and every channel", async () => {
    const both = await linked(pair());
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

  test("what was sent and ended before a connection is closed arrives", async () => {
    const sizes = [0, 1, 100, 20_000, 300_000, 1_000_000];
    const both = await linked(pair());
    const senders: Channel[] = [];
    both.server.accept((channel) => {
      channel.read(new Recorder());
      senders.push(channel);
    });
    const sinks = sizes.map(() => new Recorder());
    for (const sink of sinks) both.client.open(sink).send(1, pattern(1), true);
    await eventually("all were asked", () => senders.length === sizes.length);
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

  test("so do calls that were opened just before", async () => {
    const { client, server } = await linked(pair());
    const sink = new Recorder();
    server.accept((channel) => channel.read(sink));
    client.open(new Recorder()).send(3, pattern(3), true);
    client.close();
    await sink.untilLost();
    expect(sink.frames).toEqual([{ flags: 3, payload: pattern(3) }]);
    expect(sink.calls).toEqual(["frame", "end", "closed"]);
  });

  test("what has not ended is lost, and no end is made up for it", async () => {
    const both = await linked(pair());
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

  test("closing a node delivers what was sent too", async () => {
    const both = await linked(pair());
    const { far, nearSink } = await channelOn(both);
    far.send(2, pattern(200_000), true);
    await pair().server.close();
    expect(await both.client.closed).toMatchObject({ code: "closed", applicationCode: 0 });
    expect(nearSink.bytes).toBe(200_000);
    expect(nearSink.calls).toEqual(["frame", "end", "closed"]);
  });

  test("a reader that is paused loses what it has not read, and holds nobody up", async () => {
    const both = await linked(pair());
    const { near, far, nearSink } = await channelOn(both);
    near.pause();
    far.send(2, pattern(1_000_000), true);
    const before = Date.now();
    both.server.close();
    await both.server.closed;
    expect(Date.now() - before).toBeLessThan(500);
    expect((await nearSink.untilLost()).code).toBe("closed");
    expect(nearSink.calls).toEqual(["closed"]);
    expect(Date.now() - before).toBeLessThan(2_500);
  });

  test("a channel opened on a closed connection hears so, and does no harm", async () => {
    const both = await linked(pair());
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
