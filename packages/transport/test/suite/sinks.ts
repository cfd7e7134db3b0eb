import { expect, test } from "vitest";
import { ResetCode } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { acceptOne, connected, pattern, sleep } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

export function sinkTests(pair: () => NodePair): void {
  test("a sink that throws loses only its own channel", async () => {
    const { client, server } = await connected(pair());
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

  test("refuses a channel that the handler does not read, and resets one whose handler throws", async () => {
    const { client, server } = await connected(pair());
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

  test("a channel takes one sink and a connection one handler", async () => {
    const { client, server } = await connected(pair());
    const near = client.open(new Recorder());
    expect(() => near.read(new Recorder())).toThrow(expect.objectContaining({ code: "limit" }));
    server.accept(() => {});
    expect(() => server.accept(() => {})).toThrow(expect.objectContaining({ code: "limit" }));
  });

  test("channels that arrive before the handler wait for it", async () => {
    const { client, server } = await connected(pair());
    const near = new Recorder();
    client.open(near).send(6, pattern(6), true);
    await sleep(30);
    const sink = new Recorder();
    (await acceptOne(server, sink)).end();
    await Promise.all([sink.untilEnd(), near.untilEnd()]);
    expect(sink.frames).toEqual([{ flags: 6, payload: pattern(6) }]);
  });
}
