import {
  createBroadcast,
  defineService,
  implement,
  type RpcError,
  StatusCode,
  serverStream,
  wireType,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { collect, failure } from "../support/outcomes.ts";

const Item = wireType("broadcast/Item", { n: z.int(), text: z.string().default("") });
const Feed = defineService("Feed", {}, { watch: serverStream(Item, Item) });

test.each(["memory", "quic"] as const)(
  "passes values to every subscriber over %s",
  async (transport) => {
    const news = createBroadcast<{ n: number }>();
    const feed = implement(Feed, { watch: () => news.subscribe() });
    await using pair = await servicePair({ services: [feed], transport });
    const remote = pair.client.client(Feed);
    const [first, second, left] = [{ n: 1 }, { n: 2 }, { n: 3 }].map((item) => remote.watch(item));
    await expect.poll(() => news.size).toBe(3);
    await left?.return();
    await expect.poll(() => news.size).toBe(2);
    for (let n = 0; n < 3; n++) await news.publish({ n });
    news.end();
    const all = [0, 1, 2].map((n) => ({ n, text: "" }));
    expect(await collect(first)).toEqual(all);
    expect(await collect(second)).toEqual(all);
    expect(news.size).toBe(0);
  },
);

test("a subscription in a handler ends with its call", async () => {
  const news = createBroadcast<{ n: number }>();
  const feed = implement(Feed, {
    async *watch() {
      const updates = news.subscribe();
      yield { n: -1 };
      yield* updates;
    },
  });
  await using pair = await servicePair({ services: [feed] });
  const stream = pair.client.client(Feed).watch({ n: 0 });
  await stream.next();
  expect(news.size).toBe(1);
  await stream.return();
  await expect.poll(() => news.size).toBe(0);
});

test("dropOldest keeps the newest values", async () => {
  const news = createBroadcast<number>({ capacity: 2, overflow: "dropOldest" });
  const slow = news.subscribe();
  for (const n of [1, 2, 3, 4]) void news.publish(n);
  news.end();
  expect(await collect(slow)).toEqual([3, 4]);
  expect(slow.dropped).toBe(2);
});

test("endSlow ends a slow subscriber, after the values that it has", async () => {
  const news = createBroadcast<number>({ capacity: 2 });
  const slow = news.subscribe();
  const fast = news.subscribe();
  const got: number[] = [];
  for (const n of [1, 2, 3, 4]) {
    void news.publish(n);
    got.push((await fast.next()).value as number);
  }
  expect(got).toEqual([1, 2, 3, 4]);
  expect(news.size).toBe(1);
  expect([(await slow.next()).value, (await slow.next()).value]).toEqual([1, 2]);
  const error = await failure(slow.next());
  expect([error.code, error.details.reason]).toEqual([
    StatusCode.RESOURCE_EXHAUSTED,
    "broadcast.slow",
  ]);
  expect(await slow.next()).toEqual({ done: true, value: undefined });
});

test("wait holds the publisher until every subscriber has room or has left", async () => {
  const news = createBroadcast<number>({ capacity: 1, overflow: "wait" });
  await news.publish(0);
  const [slow, leaving] = [news.subscribe(), news.subscribe()];
  let published = false;
  const publishing = news.publish(1).then(() => {
    published = true;
  });
  expect((await slow.next()).value).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(published).toBe(false);
  await leaving.return();
  await publishing;
  expect(news.size).toBe(1);
});

test("waits for a caller that does not read", async () => {
  const news = createBroadcast<{ n: number; text: string }>({ capacity: 4, overflow: "wait" });
  const feed = implement(Feed, { watch: () => news.subscribe() });
  const options = { services: [feed], transport: "quic", compression: false } as const;
  await using pair = await servicePair(options);
  const stream = pair.client.client(Feed).watch({ n: 0 });
  await expect.poll(() => news.size).toBe(1);
  let published = 0;
  const publishing = (async () => {
    for (; published < 200; published++) {
      await news.publish({ n: published, text: `${published}`.repeat(20_000) });
    }
    news.end();
  })();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(published).toBeLessThan(190);
  expect(await collect(stream)).toHaveLength(200);
  await publishing;
});

test("signal, error and end", async () => {
  const news = createBroadcast<number>();
  const abort = new AbortController();
  const watched = news.subscribe({ signal: abort.signal });
  const waiting = watched.next();
  abort.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const never = news.subscribe({ signal: AbortSignal.abort() });
  expect(await never.next()).toEqual({ done: true, value: undefined });
  const failed = news.subscribe();
  const step = failed.next();
  news.end(new Error("the source is gone"));
  await expect(step).rejects.toThrow("the source is gone");
  await expect(news.subscribe().next()).rejects.toThrow("the source is gone");
  await news.publish(1);
  expect(news.size).toBe(0);
});

test.each([
  [{ capacity: 0 }, "capacity"],
  [{ capacity: 1.5 }, "capacity"],
  [{ overflow: "drop" as never }, "overflow"],
])("refuses the options %j", (options, option) => {
  let error: RpcError | undefined;
  try {
    createBroadcast(options);
  } catch (thrown) {
    error = thrown as RpcError;
  }
  expect(error?.details).toMatchObject({ reason: "option.invalid", option });
});
