// The compression of messages, read from the frames of both directions.
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { InterceptedCall } from "@aster/rpc/interceptor";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { transports, type WatchedPair, watchedPair } from "../../rpc/test/support/watched-pair.ts";
import {
  CompressionInterceptor,
  type CompressionOptions,
  compression,
} from "../src/compression.ts";
import { fakeCall } from "./fake-call.ts";

const Text = wireType("compressing/Text", { text: z.string() });
type Text = z.infer<typeof Text>;
const methods = {
  one: unary(Text, Text),
  many: serverStream(Text, Text),
  sum: clientStream(Text, Text),
  chat: bidiStream(Text, Text),
};
const Shared = defineService("Shared", {}, methods);
const Scoped = defineService("Scoped", { scoped: "session" }, methods);
const handlers = {
  one: (request: Text) => request,
  async *many(request: Text) {
    yield request;
  },
  async sum(requests: AsyncIterable<Text>) {
    let last = { text: "" };
    for await (const request of requests) last = request;
    return last;
  },
  async *chat(requests: AsyncIterable<Text>) {
    yield* requests;
  },
};
const services = [implement(Shared, handlers), implement(Scoped, () => handlers)];
const small = { text: "x".repeat(600) };
const large = { text: "x".repeat(6000) };

async function setBy(options: CompressionOptions | undefined, call: InterceptedCall) {
  let passed: InterceptedCall | undefined;
  await compression(options)(call, async (inner) => {
    passed = inner;
  });
  return passed?.compression;
}

test("the innermost setting counts, with the other values of the outer ones", async () => {
  expect(await setBy({ level: 9 }, fakeCall())).toEqual({ level: 9 });
  expect(await setBy({ level: 9 }, fakeCall({ compression: { thresholdBytes: 1 } }))).toEqual({
    thresholdBytes: 1,
    level: 9,
  });
  expect(await setBy(false, fakeCall({ compression: { thresholdBytes: 1 } }))).toBe(false);
  expect(await setBy({ level: 9 }, fakeCall({ compression: false }))).toEqual({ level: 9 });
  expect(await setBy(undefined, fakeCall())).toEqual({});
});

test.each([
  ["compression must be an object", true as never],
  ["compression must be an object", null as never],
  ["compression.thresholdBytes must be a non-negative number", { thresholdBytes: "4k" as never }],
  ["compression.level must be an integer from 1 to 19", { level: 0 }],
  ["unknown option threshold;", { threshold: 5 } as never],
])("refuses options: %s", (text, options: CompressionOptions) => {
  expect(() => compression(options)).toThrow(text);
});

describe.each(transports)("over %s", (transport) => {
  /** The sides that compressed the messages of all four patterns. */
  async function compressing(pair: WatchedPair, message: Text): Promise<string[][]> {
    const sides: string[][] = [];
    await using session = await pair.client.session(Scoped);
    for (const calls of [pair.client.client(Shared), session]) {
      pair.messages.length = 0;
      expect(await calls.one(message)).toEqual(message);
      for await (const item of calls.many(message)) expect(item).toEqual(message);
      expect(await calls.sum([message])).toEqual(message);
      for await (const item of calls.chat([message])) expect(item).toEqual(message);
      expect(pair.messages).toHaveLength(8);
      for (const { compressed, bytes } of pair.messages) {
        expect(bytes < 200).toBe(compressed);
      }
      sides.push(pair.messages.flatMap(({ compressed, from }) => (compressed ? [from] : [])));
    }
    return sides;
  }
  const four = (side: string): string[] => Array(4).fill(side);

  test("a client compresses its requests", async () => {
    await using pair = await watchedPair(
      transport,
      { services, compression: false },
      { interceptors: [compression({ thresholdBytes: 500 })] },
    );
    expect(await compressing(pair, small)).toEqual([four("client"), four("client")]);
  });

  test("a server compresses its responses", async () => {
    await using pair = await watchedPair(transport, {
      services,
      interceptors: [compression(false), new CompressionInterceptor({ thresholdBytes: 500 })],
    });
    expect(await compressing(pair, small)).toEqual([four("server"), four("server")]);
  });

  test("neither does with false", async () => {
    const interceptors = [compression(false)];
    await using pair = await watchedPair(transport, { services, interceptors }, { interceptors });
    expect(await compressing(pair, large)).toEqual([[], []]);
  });

  test("JSON is not compressed", async () => {
    const interceptors = [compression({ thresholdBytes: 0 })];
    await using pair = await watchedPair(transport, { services, interceptors }, { interceptors });
    const calls = pair.client.client(Shared, { serialization: "json" });
    expect(await calls.one(large)).toEqual(large);
    expect(await pair.client.proxy("Shared").one?.(large)).toEqual(large);
    expect(pair.messages.map(({ compressed }) => compressed)).toEqual(Array(4).fill(false));
  });
});
