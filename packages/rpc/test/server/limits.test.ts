import { randomBytes } from "node:crypto";
import { compressPayload, createCodec } from "@aster/codec";
import { clientStream, defineService, implement, RpcError, StatusCode, unary } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { defaultLimits, Server } from "@aster/rpc/server";
import { fakeClock } from "@aster/rpc/testing";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { MessagePacker, unpack } from "../../src/message/message-packer.ts";
import { local, pairs } from "../support/pairs.ts";
import { Item, Journal, Probe, probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";

async function codeOf(work: Promise<unknown>): Promise<number> {
  return work.then(
    () => StatusCode.OK,
    (error: unknown) => (error instanceof RpcError ? error.code : -1),
  );
}

const tick = (ms = 10): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("freezes the defaults and refuses bad overrides", () => {
  expect(Object.isFrozen(defaultLimits)).toBe(true);
  expect(() => new Server({ services: [], limits: { maxCall: 1 } as never })).toThrow(
    /unknown option limits.maxCall; use/,
  );
  expect(() => new Server({ services: [], limits: { maxCalls: -1 } })).toThrow(
    "option limits.maxCalls must be a non-negative number, got -1",
  );
});

describe.each(pairs)("$name", (pair) => {
  test("accepts maxCallsPerConnection calls at a time", async () => {
    const journal = new Journal();
    await using opened = await pair.open({
      services: [probe(journal)],
      limits: { maxCallsPerConnection: 3 },
    });
    const client = opened.client(Probe);
    const codes = Array.from({ length: 5 }, () => codeOf(client.sleep({ n: 100 })));
    expect((await Promise.all(codes)).sort()).toEqual([0, 0, 0, 8, 8]);
    expect(await codeOf(client.echo({}))).toBe(StatusCode.OK);
  });

  test("accepts a message of maxMessageBytes and refuses a longer one", async () => {
    const limits = { maxMessageBytes: 200_000 };
    await using opened = await pair.open({ services: [probe()], limits });
    const client = opened.client(Probe, { serialization: "json" });
    const frame = '{"text":""}'.length;
    const at = { text: "x".repeat(200_000 - frame) };
    expect(await codeOf(client.echo(at))).toBe(StatusCode.OK);
    expect(await codeOf(client.echo({ text: `${at.text}x` }))).toBe(StatusCode.RESOURCE_EXHAUSTED);
    expect(await codeOf(client.echo({}))).toBe(StatusCode.OK);
  });

  test("refuses a message that does not fit a frame, and names limit and size", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: "json" });
    const error = await client.echo({ text: "x".repeat(1 << 24) }).catch((reason) => reason);
    expect(error).toMatchObject({
      code: StatusCode.RESOURCE_EXHAUSTED,
      rawMessage: expect.stringMatching(/16777227 bytes .* 1677721[56]/),
    });
  });
});

test("accepts maxCalls calls at a time over all connections", async () => {
  const server = new Server({ services: [probe()], limits: { maxCalls: 2 } });
  await using pair = await rawPair(server);
  const client = createClient(Probe, pair.framed);
  const codes = Array.from({ length: 4 }, () => codeOf(client.sleep({ n: 50 })));
  expect((await Promise.all(codes)).sort()).toEqual([0, 0, 8, 8]);
});

test("applies maxConcurrentStreams to its service alone", async () => {
  const Narrow = defineService("Narrow", { maxConcurrentStreams: 2 }, { nap: unary(Item, Text) });
  const narrow = implement(Narrow, {
    async nap({ n }) {
      await tick(n);
      return { text: "" };
    },
  });
  await using opened = await local.open({ services: [narrow, probe()] });
  const client = opened.client(Narrow);
  const codes = Array.from({ length: 3 }, () => codeOf(client.nap({ n: 50 })));
  expect(await codeOf(opened.client(Probe).echo({}))).toBe(StatusCode.OK);
  expect(await Promise.all(codes)).toEqual([0, 0, 8]);
  expect(await codeOf(client.nap({ n: 1 }))).toBe(StatusCode.OK);
});

test("accepts maxClientStreamItems messages of a client stream and refuses one more", async () => {
  await using opened = await local.open({
    services: [probe()],
    limits: { maxClientStreamItems: 100 },
  });
  const client = opened.client(Probe);
  const items = Array.from({ length: 101 }, (_, n) => ({ n }));
  expect((await client.sum(items.slice(1))).items).toBe(100);
  const error = await client.sum(items).catch((reason) => reason);
  expect(error).toMatchObject({
    code: StatusCode.RESOURCE_EXHAUSTED,
    rawMessage: "client stream exceeded 100 items",
  });
  const texts = items.map(() => ({ text: "" }));
  let replies = 0;
  for await (const _ of client.chat(texts)) replies += 1;
  expect(replies).toBe(101);
});

test("prefers maxClientStreamItems of a method to that of its service and of the server", async () => {
  const count = async (requests: AsyncIterable<unknown>) => {
    let n = 0;
    for await (const _ of requests) n += 1;
    return { n };
  };
  const Counts = defineService(
    "Counts",
    { maxClientStreamItems: 3 },
    {
      three: clientStream(Item, Item),
      five: clientStream(Item, Item, { maxClientStreamItems: 5 }),
      any: clientStream(Item, Item, { maxClientStreamItems: Number.POSITIVE_INFINITY }),
    },
  );
  await using opened = await local.open({
    services: [implement(Counts, { three: count, five: count, any: count })],
    limits: { maxClientStreamItems: 2 },
  });
  const client = opened.client(Counts);
  const items = (length: number) => Array.from({ length }, (_, n) => ({ n }));
  expect(await client.three(items(3))).toMatchObject({ n: 3 });
  expect(await codeOf(client.three(items(4)))).toBe(StatusCode.RESOURCE_EXHAUSTED);
  expect(await client.five(items(5))).toMatchObject({ n: 5 });
  expect(await codeOf(client.five(items(6)))).toBe(StatusCode.RESOURCE_EXHAUSTED);
  expect(await client.any(items(20))).toMatchObject({ n: 20 });
});

test("resets a channel without a header after headerTimeoutMs", async () => {
  using clock = fakeClock();
  const server = new Server({ services: [probe()] });
  await using pair = await rawPair(server);
  const silent = new RawCall(pair.raw).send(Uint8Array.of(9));
  await clock.advance(server.limits.headerTimeoutMs - 1);
  expect(silent.ending).toBe("open");
  await clock.advance(server.limits.headerTimeoutMs / 4 + 1);
  expect((await silent.answer()).ending).toMatchObject({ code: "reset" });
  expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
});

test("ends a call whose request never comes, and keeps an open stream", async () => {
  const server = new Server({ services: [probe()], limits: { headerTimeoutMs: 60 } });
  await using pair = await rawPair(server);
  const header = encodeFrame(
    FrameFlag.Header,
    new TextEncoder().encode('{"service":"Probe","method":"count","version":1}'),
  );
  const silent = new RawCall(pair.raw).send(header);
  const stream = createClient(Probe, pair.framed).endless({ n: 30 });
  for (let item = 0; item < 6; item++) expect((await stream.next()).done).toBe(false);
  expect((await silent.answer()).trailer).toBeDefined();
  expect(server.stats().calls).toBe(1);
  await stream.return?.();
});

test("stops a peer that keeps sending after its call has ended", async () => {
  using clock = fakeClock();
  const server = new Server({ services: [probe()], limits: { headerTimeoutMs: 10_000 } });
  await using pair = await rawPair(server);
  const call = new RawCall(pair.raw).send(encodeFrame(0, Uint8Array.of(1)));
  await call.answer();
  for (let wait = 0; wait < 5; wait++) {
    call.send(encodeFrame(0, new Uint8Array(100)));
    await clock.advance(1_999);
  }
  expect(call.stops).toEqual([]);
  await clock.advance(2_505);
  expect(call.stops).toEqual([0]);
  call.send(encodeFrame(0, Uint8Array.of(1)), true);
  await tick();
  for (const node of pair.nodes) expect(node.stats().channels).toBe(0);
});

test("closes the connection of a peer that resets too many channels", async () => {
  const server = new Server({ services: [probe()], limits: { maxResets: 10 } });
  await using pair = await rawPair(server);
  let closed = false;
  void pair.raw.closed.then(() => {
    closed = true;
  });
  for (let call = 0; call < 10; call++) new RawCall(pair.raw).send(Uint8Array.of(9)).reset(1);
  await tick();
  expect(closed).toBe(false);
  for (let call = 0; call < 10; call++) {
    new RawCall(pair.raw).send(Uint8Array.of(9)).reset(1);
    await tick(1);
  }
  expect(await pair.raw.closed).toMatchObject({
    message: expect.stringContaining("too_many_resets"),
  });
  expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
});

describe("compression", () => {
  async function flagsOf(size: number, mode: "xlang" | "json"): Promise<number[]> {
    const flags: number[] = [];
    await using pair = await rawPair(new Server({ services: [probe()] }));
    const { connection } = watched(pair.framed, (flag) => flags.push(flag));
    const client = createClient(Probe, connection, { serialization: mode });
    const text = "x".repeat(size);
    expect(await client.echo({ text })).toEqual({ text });
    return flags.filter((flag) => (flag & (FrameFlag.Header | FrameFlag.Trailer)) === 0);
  }

  test("compresses payloads of more than 4096 bytes in both directions", async () => {
    const codec = createCodec().type(Text);
    const longest = 4096 - (codec.encode({ text: "x".repeat(4000) }).length - 4000);
    expect(codec.encode({ text: "x".repeat(longest) }).length).toBe(4096);
    expect(await flagsOf(longest, "xlang")).toEqual([0, 0]);
    expect(await flagsOf(longest + 1, "xlang")).toEqual([1, 1]);
  });

  test("does not compress JSON", async () => {
    expect(await flagsOf(10_000, "json")).toEqual([0, 0]);
  });

  test("pauses after a payload that does not shrink", () => {
    const packer = new MessagePacker({ plainBytes: 4096, level: 3 });
    const flagsOf = (payload: Uint8Array) => {
      return packer.compress(payload) === undefined ? 0 : FrameFlag.Compressed;
    };
    const zeros = new Uint8Array(5000);
    expect(flagsOf(zeros)).toBe(1);
    expect(flagsOf(randomBytes(5000))).toBe(0);
    expect([zeros, zeros, zeros, zeros, zeros].map(flagsOf)).toEqual([0, 0, 0, 0, 1]);
  });

  test("sends a payload that does not shrink uncompressed, and tries again later", async () => {
    const flags: number[] = [];
    await using pair = await rawPair(new Server({ services: [probe()] }));
    const { connection } = watched(pair.framed, (flag) => flags.push(flag));
    const client = createClient(Probe, connection);
    const noise = String.fromCharCode(...randomBytes(5000));
    for (let call = 0; call < 3; call++) await client.echo({ text: noise });
    expect(flags.filter((flag) => flag === FrameFlag.Compressed)).toEqual([]);
    for (let call = 0; call < 10; call++) await client.echo({ text: "x".repeat(5000) });
    expect(flags.filter((flag) => flag === FrameFlag.Compressed).length).toBeGreaterThan(8);
  });

  test("refuses a compressed message that inflates above the limit", async () => {
    const bomb = compressPayload(new Uint8Array((1 << 24) + 1));
    expect(bomb.length).toBeLessThan(4096);
    expect(() => unpack(FrameFlag.Compressed, bomb, 1 << 24)).toThrow(
      expect.objectContaining({ code: StatusCode.RESOURCE_EXHAUSTED }),
    );
    const exact = compressPayload(new Uint8Array(1 << 24));
    expect(unpack(FrameFlag.Compressed, exact, 1 << 24).length).toBe(1 << 24);
  });
});

/** The same connection, recording the flags of all frames. */
function watched(
  connection: Parameters<typeof createClient>[1],
  see: (flags: number) => void,
): { connection: Parameters<typeof createClient>[1] } {
  return {
    connection: new Proxy(connection, {
      get(target, key) {
        if (key !== "open") return Reflect.get(target, key, target);
        return (sink: Parameters<typeof target.open>[0]) => {
          const channel = target.open({
            frame: (flags, payload) => {
              see(flags);
              sink.frame(flags, payload);
            },
            end: () => sink.end(),
            malformed: (error) => sink.malformed(error),
            stopped: (code) => sink.stopped(code),
            closed: (error) => sink.closed(error),
          });
          const send = channel.send.bind(channel);
          channel.send = (flags, payload, end) => {
            see(flags);
            return send(flags, payload, end);
          };
          return channel;
        };
      },
    }),
  };
}
