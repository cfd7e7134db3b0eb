// The settings of compression on every level, read from the frames of both directions.
import {
  type AsterClientOptions,
  type AsterServerOptions,
  bidiStream,
  type Client,
  clientStream,
  defineService,
  implement,
  rpc,
  type Session,
  serverStream,
  service,
  unary,
  wireType,
} from "@aster/rpc";
import type { CompressionSetting } from "@aster/rpc/client";
import type { Interceptor } from "@aster/rpc/interceptor";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type SentMessage, transports, watchedPair } from "../support/watched-pair.ts";

const Text = wireType("compress/Text", { text: z.string() });
type Text = z.infer<typeof Text>;
const modes = ["xlang", "native", "row", "json"] as const;
const serialization = ["xlang", "native", "row"] as const;
const methods = {
  one: unary(Text, Text),
  many: serverStream(Text, Text),
  sum: clientStream(Text, Text),
  chat: bidiStream(Text, Text),
};
const Shared = defineService("Shared", { serialization }, methods);
const Scoped = defineService("Scoped", { serialization, scoped: "session" }, methods);

const handlers = {
  one: (request: Text) => request,
  async *many(request: Text) {
    yield request;
    yield request;
  },
  async sum(requests: AsyncIterable<Text>) {
    let text = "";
    for await (const request of requests) text = request.text;
    return { text };
  },
  async *chat(requests: AsyncIterable<Text>) {
    for await (const request of requests) yield request;
  },
};
const services = [implement(Shared, handlers), implement(Scoped, () => handlers)];
const small = "x".repeat(1000);
const large = "x".repeat(5000);

type Calls = Client<typeof Shared> | Session<typeof Scoped>;
type Options = NonNullable<Parameters<Client<typeof Shared>["one"]>[1]>;

/** Calls every method with two requests where it streams. Returns the texts that came back. */
async function callAll(calls: Calls, text: string, options: Options = {}): Promise<string[]> {
  const request = { text };
  const texts = [(await calls.one(request, options)).text];
  for await (const item of calls.many(request, options)) texts.push(item.text);
  texts.push((await calls.sum([request, request], options)).text);
  for await (const item of calls.chat([request, request], options)) texts.push(item.text);
  return texts;
}

/** The flags of the messages of both sides: 6 requests and 6 responses. */
function flags(messages: readonly SentMessage[]): { client: boolean[]; server: boolean[] } {
  const of = (side: "client" | "server") =>
    messages.filter(({ from }) => from === side).map(({ compressed }) => compressed);
  return { client: of("client"), server: of("server") };
}

const all = Array<boolean>(6).fill(true);
const none = Array<boolean>(6).fill(false);

describe.each(transports)("over %s", (transport) => {
  test.each(modes)("client and server compress what they send, in %s", async (mode) => {
    const isJson = mode === "json";
    await using pair = await watchedPair(
      transport,
      { services, compression: { thresholdBytes: 500 } },
      { compression: false },
    );
    const client = pair.client.client(Shared, { serialization: mode });
    expect(await callAll(client, small)).toEqual(Array(6).fill(small));
    expect(flags(pair.messages)).toEqual({ client: none, server: isJson ? none : all });
    pair.messages.length = 0;
    const compression = { thresholdBytes: 500, level: 1 };
    const other = pair.client.client(Shared, { serialization: mode, compression });
    expect(await callAll(other, small)).toEqual(Array(6).fill(small));
    expect(flags(pair.messages).client).toEqual(isJson ? none : all);
    pair.messages.length = 0;
    await using session = await pair.client.session(Scoped, { serialization: mode, compression });
    expect(await callAll(session, small)).toEqual(Array(6).fill(small));
    expect(flags(pair.messages)).toEqual(
      isJson ? { client: none, server: none } : { client: all, server: all },
    );
  });

  test("a call has a setting of its own, for its requests", async () => {
    await using pair = await watchedPair(transport, { services, compression: false });
    const client = pair.client.client(Shared);
    await using session = await pair.client.session(Scoped);
    for (const calls of [client, session]) {
      pair.messages.length = 0;
      await callAll(calls, large);
      expect(flags(pair.messages)).toEqual({ client: all, server: none });
      pair.messages.length = 0;
      await callAll(calls, large, { compression: false });
      expect(flags(pair.messages).client).toEqual(none);
      pair.messages.length = 0;
      await callAll(calls, small, { compression: { thresholdBytes: 10 } });
      expect(flags(pair.messages).client).toEqual(all);
    }
  });

  test("interceptors set the compression of their side, unless the caller did", async () => {
    const set =
      (compression: CompressionSetting): Interceptor =>
      (call, next) =>
        next({ ...call, compression });
    await using pair = await watchedPair(
      transport,
      { services, interceptors: [set({ thresholdBytes: 10 })] },
      { interceptors: [set(false)] },
    );
    const client = pair.client.client(Shared);
    await using session = await pair.client.session(Scoped);
    for (const calls of [client, session]) {
      pair.messages.length = 0;
      await callAll(calls, small);
      expect(flags(pair.messages)).toEqual({ client: none, server: all });
      pair.messages.length = 0;
      await callAll(calls, large, { compression: {} });
      expect(flags(pair.messages)).toEqual({ client: all, server: all });
    }
  });

  test("false of a client or server counts before the definition", async () => {
    const always = { compression: { thresholdBytes: 0 } };
    const Packed = defineService("Packed", always, { one: unary(Text, Text, always) });
    const hosted = [implement(Packed, { one: (request) => request })];
    const never = { compression: false } as const;
    const asking: Interceptor = (call, next) => next({ ...call, compression: {} });
    const sentBy = async (
      server: Pick<AsterServerOptions, "compression" | "interceptors">,
      client: Pick<AsterClientOptions, "compression" | "interceptors">,
    ): Promise<boolean[]> => {
      await using pair = await watchedPair(transport, { services: hosted, ...server }, client);
      expect((await pair.client.client(Packed).one({ text: large })).text).toBe(large);
      return pair.messages.map(({ compressed }) => compressed);
    };
    expect(await sentBy({}, {})).toEqual([true, true]);
    expect(await sentBy(never, {})).toEqual([true, false]);
    expect(await sentBy({}, never)).toEqual([false, true]);
    const interceptors = [asking];
    expect(await sentBy({ ...never, interceptors }, { ...never, interceptors })).toEqual([
      true,
      true,
    ]);
  });

  test("large messages keep their order, also when they are compressed in the background", async () => {
    await using pair = await watchedPair(transport, { services });
    const texts = Array.from({ length: 12 }, (_, i) =>
      i % 3 === 0 ? `${i} ${"long ".repeat(80_000)}` : `${i}`,
    );
    const requests = texts.map((text) => ({ text }));
    const client = pair.client.client(Shared);
    const rows = pair.client.client(Shared, { serialization: "row" });
    await using session = await pair.client.session(Scoped);
    for (const calls of [client, rows, session]) {
      const echoed: string[] = [];
      for await (const { text } of calls.chat(requests)) echoed.push(text);
      expect(echoed).toEqual(texts);
      expect((await calls.sum(requests)).text).toBe(texts.at(-1));
    }
    // calls of a session run in the order in which they were made
    const order: number[] = [];
    await Promise.all(
      requests.map(async (request, i) => {
        expect(await session.one(request)).toEqual(request);
        order.push(i);
      }),
    );
    expect(order).toEqual(texts.map((_, i) => i));
    const biggest = Math.max(...pair.messages.map(({ bytes }) => bytes));
    expect(biggest).toBeLessThan(10_000);
  });
});

test("a higher level makes messages smaller", async () => {
  let text = "";
  for (let i = 0; text.length < 60_000; i++) {
    text += `{"id":${i},"name":"user ${(i * 7919) % 10_007}","x":${Math.sin(i)}}`;
  }
  await using pair = await watchedPair("memory", { services });
  const client = pair.client.client(Shared);
  for (const level of [1, 19])
    expect((await client.one({ text }, { compression: { level } })).text).toBe(text);
  const [low, high] = pair.messages.filter(({ from }) => from === "client");
  expect(high?.compressed).toBe(true);
  expect(high?.bytes).toBeLessThan((low?.bytes ?? 0) * 0.95);
});

test("methods count before their service, and a service before client and server", async () => {
  const never = { compression: false } as const;
  const always = { compression: { thresholdBytes: 0 } };
  const Own = defineService("Own", always, {
    usual: unary(Text, Text),
    plain: unary(Text, Text, never),
    // the threshold is that of the service
    best: unary(Text, Text, { compression: { level: 19 } }),
  });
  @service({ name: "Decorated", compression: false })
  class Decorated {
    @rpc(Text, Text)
    usual(request: Text): Text {
      return request;
    }

    @rpc(Text, Text, always)
    packed(request: Text): Text {
      return request;
    }
  }
  const own = implement(Own, { usual: (r) => r, plain: (r) => r, best: (r) => r });
  await using pair = await watchedPair("memory", { services: [own, new Decorated()] });
  const flagsOf = async (call: () => Promise<Text>): Promise<boolean[]> => {
    pair.messages.length = 0;
    await call();
    return pair.messages.map(({ compressed }) => compressed);
  };
  const calls = pair.client.client(Own);
  expect(await flagsOf(() => calls.usual({ text: small }))).toEqual([true, true]);
  expect(await flagsOf(() => calls.plain({ text: large }))).toEqual([false, false]);
  expect(await flagsOf(() => calls.best({ text: small }))).toEqual([true, true]);
  const decorated = pair.client.client(Decorated);
  expect(await flagsOf(() => decorated.usual({ text: large }))).toEqual([false, false]);
  expect(await flagsOf(() => decorated.packed({ text: small }))).toEqual([true, true]);
});

test("more large messages than fit into the background are compressed at once", async () => {
  const text = "long ".repeat(400_000);
  await using pair = await watchedPair("memory", { services });
  const client = pair.client.client(Shared);
  const calls = Array.from({ length: 40 }, () =>
    client.one({ text }, { compression: { level: 5 } }),
  );
  const sentAtOnce = pair.messages.length;
  // 32 MiB are 16 of these messages
  expect(sentAtOnce).toBe(40 - 16);
  for (const answer of await Promise.all(calls)) expect(answer.text === text).toBe(true);
  expect(pair.messages.filter(({ compressed }) => compressed)).toHaveLength(80);
  await expect.poll(() => pair.server.stats()).toMatchObject({ calls: 0, heldBytes: 0 });
});

test("a call that ends while its message is compressed sends nothing more", async () => {
  const text = "long ".repeat(200_000);
  await using pair = await watchedPair("memory", { services });
  const client = pair.client.client(Shared);
  const cancel = new AbortController();
  const call = client.one({ text }, { signal: cancel.signal });
  cancel.abort();
  await expect(call).rejects.toMatchObject({ code: 1 });
  expect(await client.one({ text })).toEqual({ text });
  expect(pair.messages.filter(({ from }) => from === "client")).toHaveLength(1);
  await expect.poll(() => pair.server.stats()).toMatchObject({ calls: 0, heldBytes: 0 });
});

test.each([
  ["compression must be an object or false", "zstd"],
  ["compression.thresholdBytes must be a non-negative number", { thresholdBytes: -1 }],
  ["compression.level must be an integer from 1 to 19", { level: 20 }],
  ["compression.level must be an integer from 1 to 19", { level: 2.5 }],
])("refuses settings on every level: %s", async (message, setting) => {
  const compression = setting as CompressionSetting;
  expect(() => unary(Text, Text, { compression })).toThrow(message);
  expect(() => defineService("Bad", { compression }, {})).toThrow(message);
  await expect(watchedPair("memory", { services, compression })).rejects.toThrow(message);
  await expect(watchedPair("memory", { services }, { compression })).rejects.toThrow(message);
  await using pair = await watchedPair("memory", { services });
  expect(() => pair.client.client(Shared, { compression })).toThrow(message);
  const client = pair.client.client(Shared);
  await expect(client.one({ text: "" }, { compression })).rejects.toThrow(message);
});
