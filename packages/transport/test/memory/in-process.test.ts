import { describe, expect, test } from "vitest";
import { type ChannelSink, inProcessConnection, type TransportError } from "../../src/index.ts";
import { memoryPair } from "../../src/testing.ts";
import { acceptOne, channelOn, connected, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

/** A sink that records values and frames in order. */
class Values extends Recorder implements ChannelSink {
  readonly values: unknown[] = [];

  value(value: unknown): void {
    this.values.push(value);
  }
}

describe("an in-process connection", () => {
  test("carries frames both ways", async () => {
    const { near, nearSink, far, farSink } = await channelOn(inProcessConnection());
    near.send(2, pattern(3), true);
    await farSink.untilEnd();
    expect(farSink.frames).toEqual([{ flags: 2, payload: pattern(3) }]);
    far.send(4, pattern(5), true);
    await nearSink.untilEnd();
    expect(nearSink.frames).toEqual([{ flags: 4, payload: pattern(5) }]);
  });

  test("has no limit on channels", async () => {
    const { client, server } = inProcessConnection();
    let accepted = 0;
    server.accept((channel) => {
      channel.read(new Recorder());
      accepted += 1;
    });
    for (let count = 0; count < 5000; count += 1) client.open(new Recorder()).send(0, pattern(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(accepted).toBe(5000);
    expect(client.stats().channels).toBe(5000);
    client.close();
    expect(client.stats().channels).toBe(0);
  });

  test("closes on both sides", async () => {
    const { client, server } = inProcessConnection();
    const { nearSink } = await channelOn({ client, server });
    server.close(3, "enough");
    const errors = await Promise.all([client.closed, server.closed, nearSink.untilLost()]);
    expect(errors.map((error) => error.applicationCode)).toEqual([3, 3, 3]);
  });

  test("marks its peer as trusted, and nodes do not", async () => {
    expect(inProcessConnection().server.trusted).toBe(true);
    const { server } = await connected(await memoryPair());
    expect(server.trusted).toBe(false);
  });
});

describe("values", () => {
  test("arrive as they are, in order with the frames around them", async () => {
    const { client, server } = inProcessConnection({ passesValues: true });
    const farSink = new Values();
    const arrived = acceptOne(server, farSink);
    const near = client.open(new Recorder());
    const value = { n: 1 };
    near.send(4, pattern(1));
    near.sendValue?.(value);
    near.sendValue?.(undefined, true);
    await arrived;
    await farSink.untilEnd();
    expect(farSink.values).toEqual([value, undefined]);
    expect(farSink.values[0]).toBe(value);
    expect(farSink.calls).toEqual(["frame", "end"]);
  });

  test("fill the send window after 256, and the sender goes on at half of it", async () => {
    const { client, server } = inProcessConnection({ passesValues: true });
    const farSink = new Values();
    server.accept((channel) => {
      channel.read(farSink);
      channel.pause();
      setTimeout(() => channel.resume(), 20);
    });
    const near = client.open(new Recorder());
    near.send(4, new Uint8Array(0));
    const ready = Array.from({ length: 257 }, (_, n) => near.sendValue?.(n));
    expect(ready.indexOf(false)).toBe(255);
    await near.drained();
    expect(farSink.values.length).toBeGreaterThanOrEqual(128);
  });

  test("are refused by connections that carry bytes", async () => {
    const refused = expect.objectContaining({ code: "limit" }) as TransportError;
    expect(() => inProcessConnection().client.open(new Recorder()).sendValue?.(1)).toThrow(refused);
    const { client } = await connected(await memoryPair());
    expect(() => client.open(new Recorder()).sendValue?.(1)).toThrow(refused);
  });
});
