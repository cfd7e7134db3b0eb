// Code of the program runs in the async context of its own call, never in that of another one.
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { fakeClock } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Journal, Text } from "../support/probe.ts";

const Here = defineService(
  "Here",
  {},
  {
    one: unary(Text, Text),
    many: serverStream(Text, Text),
    sum: clientStream(Text, Text),
    chat: bidiStream(Text, Text),
    wait: unary(Text, Text),
    endless: serverStream(Text, Text),
  },
);

const store = new AsyncLocalStorage<string>();
const here = () => ({ text: String(store.getStore()) });
const byMetadata: Interceptor = (call, next) =>
  store.run(`request ${call.metadata.get("id")}`, () => next(call));
const wrapping: Interceptor = async (call, next) => {
  const before = here().text;
  const responses = await next(call);
  if (call.pattern !== "server_stream" && call.pattern !== "bidi_stream") return responses;
  return (async function* () {
    for await (const response of responses as AsyncIterable<object>) {
      yield { text: `${Object(response).text}|${here().text === before}` };
    }
  })();
};

function hereService(journal: Journal) {
  return implement(Here, {
    async one(_, context) {
      context.addTrailer("a", "b");
      await sleep(1);
      return here();
    },
    async *many() {
      try {
        yield here();
        await sleep(1);
        yield here();
      } finally {
        journal.write(`finally ${here().text}`);
      }
    },
    async sum(requests) {
      const seen: string[] = [];
      for await (const _ of requests) seen.push(here().text);
      return { text: seen.join() };
    },
    async *chat(requests) {
      for await (const _ of requests) yield here();
    },
    async wait({ text }, { signal }) {
      journal.write(`waiting ${text}`);
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          journal.write(`abort ${text} in ${here().text}`);
          resolve();
        });
      });
      return {};
    },
    async *endless() {
      try {
        for (;;) yield here();
      } finally {
        journal.write(`left ${here().text}`);
      }
    },
  });
}

const ids = ["a", "b", "c"];

describe.each(pairs)("$name", (pair) => {
  test("handlers and streams see what an interceptor of their call has set", async () => {
    const journal = new Journal();
    const opened = await store.run("the start of the server", () =>
      pair.open({ services: [hereService(journal)], interceptors: [byMetadata] }),
    );
    await using _ = opened;
    const client = opened.client(Here);
    const each = ids.map((id) =>
      store.run(`caller ${id}`, async () => {
        const options = { metadata: { id } };
        const own = `request ${id}`;
        expect(await client.one({}, options)).toEqual({ text: own });
        expect(await client.sum([{}, {}], options)).toEqual({ text: `${own},${own}` });
        expect(await collect(client.many({}, options))).toEqual([{ text: own }, { text: own }]);
        await journal.wrote(`finally ${own}`);
        expect(await collect(client.chat([{}, {}], options))).toEqual([
          { text: own },
          { text: own },
        ]);
        for await (const { text } of client.endless({}, options)) {
          expect(text).toBe(own);
          break;
        }
        await journal.wrote(`left ${own}`);
      }),
    );
    await Promise.all(each);
  });

  test("handlers without interceptors see no other call", async () => {
    await using opened = await pair.open({ services: [hereService(new Journal())] });
    const client = opened.client(Here);
    const calls = ids.map((id) => store.run(id, () => client.one({})));
    for (const { text } of await Promise.all(calls)) expect(text).toBe("undefined");
    const streams = ids.map((id) => store.run(id, () => collect(client.many({}))));
    for (const texts of await Promise.all(streams)) {
      expect(texts).toEqual([{ text: "undefined" }, { text: "undefined" }]);
    }
  });

  test("abort listeners and finally blocks run in their call at the deadline", async () => {
    using clock = fakeClock();
    const journal = new Journal();
    await using opened = await pair.open({
      services: [hereService(journal)],
      interceptors: [byMetadata],
    });
    const client = opened.client(Here);
    const calls = ids.map((id) =>
      store.run(`caller ${id}`, async () => {
        const options = { metadata: { id }, timeoutMs: 100 };
        const stream = client.endless({}, options);
        await stream.next();
        await client.wait({ text: id }, options).catch(() => {});
        await journal.wrote(`abort ${id} in request ${id}`);
        await journal.wrote(`left request ${id}`);
      }),
    );
    for (const id of ids) await journal.wrote(`waiting ${id}`);
    await clock.advance(100);
    await Promise.all(calls);
  });

  test("onTrailer runs in the context of the caller", async () => {
    await using opened = await pair.open({ services: [hereService(new Journal())] });
    for (const interceptors of [[], [byMetadata]]) {
      const client = opened.client(Here, { interceptors });
      const seen: string[] = [];
      const onTrailer = () => seen.push(here().text);
      await Promise.all(ids.map((id) => store.run(id, () => client.one({}, { onTrailer }))));
      expect(seen.sort()).toEqual(ids);
    }
  });

  test("the requests of a caller run in its context, also when the call ends early", async () => {
    using clock = fakeClock();
    await using opened = await pair.open({ services: [hereService(new Journal())] });
    const client = opened.client(Here, { interceptors: [byMetadata] });
    const plain = opened.client(Here);
    for (const remote of [client, plain]) {
      const seen = new Set<string>();
      const call = store.run("caller", async () => {
        async function* requests() {
          try {
            for (;;) {
              seen.add(here().text);
              yield {};
              await sleep(1);
            }
          } finally {
            seen.add(`finally ${here().text}`);
          }
        }
        await remote.sum(requests(), { timeoutMs: 50 }).catch(() => {});
      });
      await expect.poll(() => [...seen]).toEqual(["caller"]);
      await clock.advance(50);
      await call;
      await expect.poll(() => [...seen]).toEqual(["caller", "finally caller"]);
    }
  });

  test("streams of interceptors run in the context of their interceptor", async () => {
    for (const side of ["client", "server"]) {
      const interceptors = [byMetadata, wrapping];
      await using opened = await pair.open({
        services: [hereService(new Journal())],
        ...(side === "server" ? { interceptors } : {}),
      });
      const client = opened.client(Here, side === "client" ? { interceptors } : {});
      const texts = await store.run("reader", () =>
        collect(client.many({}, { metadata: { id: "7" } })),
      );
      const own = side === "server" ? "request 7" : "undefined";
      expect(texts).toEqual([{ text: `${own}|true` }, { text: `${own}|true` }]);
    }
  });

  test("signals of client interceptors fire in their call", async () => {
    await using opened = await pair.open({ services: [hereService(new Journal())] });
    const seen: string[] = [];
    const listening: Interceptor = (call, next) => {
      call.signal.addEventListener("abort", () => seen.push(here().text));
      return next(call);
    };
    const client = opened.client(Here, { interceptors: [listening] });
    await Promise.all(
      ids.map((id) =>
        store.run(id, () => client.wait({ text: id }, { timeoutMs: 400 }).catch(() => {})),
      ),
    );
    expect(seen.sort()).toEqual(ids);
  });
});
