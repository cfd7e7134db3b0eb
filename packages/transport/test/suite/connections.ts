import { expect, test } from "vitest";
import type { Connection, GateQuestion } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { dial, failureOf } from "../support/dials.ts";
import { ALPN, channelOn, connected, echo, eventually, pattern } from "../support/pair.ts";
import { Recorder } from "../support/recorder.ts";

/** Makes the server accept "other/1", dials it, and makes a call. */
async function isServed(pair: NodePair): Promise<void> {
  const next = pair.server.accept(["other/1"]).next();
  const connection = await dial(pair, "other/1");
  echo((await next).value as Connection);
  const sink = new Recorder();
  connection.open(sink).send(1, pattern(1), true);
  await sink.untilEnd();
}

export function connectionTests(pair: () => NodePair): void {
  test("have the peer, the ALPN and the side", async () => {
    const { client, server } = await connected(pair());
    expect(client).toMatchObject({ peer: pair().server.id, alpn: ALPN, side: "client" });
    expect(server).toMatchObject({ peer: pair().client.id, alpn: ALPN, side: "server" });
    expect(pair().server.id).toMatch(/^[0-9a-f]{64}$/);
    expect(pair().server.address().endpointId).toBe(pair().server.id);
  });

  test("count bytes and channels, and the counts of the node return to 0", async () => {
    const both = await connected(pair());
    const { near, far, nearSink, farSink } = await channelOn(both);
    near.send(0, pattern(1000), true);
    await farSink.untilEnd();
    expect(both.client.stats()).toMatchObject({ channels: 1 });
    expect(both.client.stats().sentBytes).toBeGreaterThanOrEqual(1000);
    expect(both.server.stats().receivedBytes).toBeGreaterThanOrEqual(1000);
    far.end();
    await nearSink.untilEnd();
    const idle = { channels: 0, queuedBytes: 0 };
    for (const node of [pair().client, pair().server]) {
      await eventually("the channel is freed", () => node.stats().channels === 0);
      expect(node.stats()).toMatchObject({ connections: 1, ...idle });
    }
    both.client.close();
    await both.server.closed;
    for (const node of [pair().client, pair().server]) {
      await eventually("the connection is freed", () => node.stats().connections === 0);
      expect(node.stats()).toMatchObject(idle);
    }
  });

  test("hold nothing after a thousand channels", async () => {
    const { client, server } = await connected(pair());
    echo(server);
    for (let round = 0; round < 20; round += 1) {
      const sinks = Array.from({ length: 50 }, (_, index) => {
        const sink = new Recorder();
        const channel = client.open(sink);
        channel.send(1, pattern(index));
        if (index % 10 === 0) channel.reset(1);
        else channel.end();
        return index % 10 === 0 ? undefined : sink;
      });
      await Promise.all(sinks.map((sink) => sink?.untilEnd()));
    }
    for (const node of [pair().client, pair().server]) {
      await eventually("all channels are freed", () => node.stats().channels === 0);
      expect(node.stats().queuedBytes).toBe(0);
    }
  });

  test("ask the gate about each connection and follow its decision", async () => {
    const asked: GateQuestion[] = [];
    pair().server.gate((question) => {
      asked.push(question);
      return Promise.resolve(question.alpn === "other/1");
    });
    const accepted = pair().server.accept([ALPN]);
    const refused = await failureOf(dial(pair()));
    expect(refused.applicationCode).toBe(403);
    await isServed(pair());
    const peer = pair().client.id;
    expect(asked).toEqual([
      { peer, alpn: ALPN },
      { peer, alpn: "other/1" },
    ]);
    await accepted.return?.();
    expect((await accepted.next()).done).toBe(true);
  });

  test("are refused by a gate that throws, rejects or does not return true", async () => {
    const gates = [
      (): boolean => {
        throw new Error("broken gate");
      },
      (): Promise<boolean> => Promise.reject(new Error("broken gate")),
      (): boolean => "yes" as unknown as boolean,
    ];
    pair().server.accept([ALPN]);
    for (const gate of gates) {
      pair().server.gate(gate);
      expect((await failureOf(dial(pair()))).applicationCode).toBe(403);
    }
  });

  test("are refused for a protocol that is not accepted", async () => {
    pair().server.accept(["aster-test/2"]);
    expect((await failureOf(dial(pair()))).code).toBe("connect");
  });

  test("are accepted for several protocols, one iterator for each", async () => {
    const { server } = pair();
    const first = server.accept([ALPN]);
    expect(() => server.accept([ALPN])).toThrow(expect.objectContaining({ code: "bind" }));
    await isServed(pair());
    const next = first.next();
    await dial(pair());
    expect(((await next).value as Connection).alpn).toBe(ALPN);
    await first.return?.();
    expect((await failureOf(dial(pair()))).code).toBe("connect");
    const again = server.accept([ALPN]);
    await dial(pair());
    expect((await again.next()).done).toBe(false);
  });

  test("end their iterator when the node closes", async () => {
    const accepted = pair().server.accept([ALPN]);
    const next = accepted.next();
    await pair().server.close();
    expect((await next).done).toBe(true);
    expect((await accepted.next()).done).toBe(true);
  });

  test("close with code 0 when the node closes, which then fails every operation", async () => {
    const both = await connected(pair());
    const { nearSink } = await channelOn(both);
    const { client, server } = pair();
    await server.close();
    expect(await both.client.closed).toMatchObject({ code: "closed", applicationCode: 0 });
    expect((await nearSink.untilLost()).code).toBe("closed");
    await server.close();
    await expect(server.connect(client.address(), ALPN)).rejects.toMatchObject({ code: "closed" });
    expect(() => server.accept([ALPN])).toThrow(expect.objectContaining({ code: "closed" }));
    expect(server.stats()).toMatchObject({ connections: 0, channels: 0, queuedBytes: 0 });
  });

  test("fail with a TransportError for an aborted signal or a wrong address", async () => {
    const { client, server } = pair();
    server.accept([ALPN]);
    const signal = AbortSignal.abort(new Error("never mind"));
    const aborted = client.connect(server.address(), ALPN, { signal });
    await expect(aborted).rejects.toMatchObject({ code: "closed", cause: signal.reason });
    await expect(client.connect("nowhere", ALPN)).rejects.toMatchObject({ code: "address" });
  });

  test.each([0, -1, Number.NaN, Number.NEGATIVE_INFINITY, "5", null])(
    "are not dialed with a timeout of %j",
    async (value) => {
      const { client, server } = pair();
      const timeoutMs = value as number;
      await expect(client.connect(server.address(), ALPN, { timeoutMs })).rejects.toMatchObject({
        code: "option",
        message: expect.stringContaining("option timeoutMs must be a positive number, got "),
      });
    },
  );

  test.each([2 ** 31, 2 ** 40, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    "are dialed with a timeout of %d ms",
    async (timeoutMs) => {
      const { client, server } = pair();
      server.accept([ALPN]);
      await using connection = await client.connect(server.address(), ALPN, { timeoutMs });
      expect(connection.peer).toBe(server.id);
    },
  );

  test("are refused to the node itself", async () => {
    const { server } = pair();
    server.accept([ALPN]);
    await expect(server.connect(server.address(), ALPN)).rejects.toMatchObject({ code: "connect" });
  });
}
