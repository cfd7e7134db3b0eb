// `throw()` of the iterators that the package hands out.
import { defineService, implement, serverStream } from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { pairs } from "../support/pairs.ts";
import { Item, Journal, Probe, probe } from "../support/probe.ts";

const pass: Interceptor = (call, next) => next(call);

describe.each(pairs)("$name", (pair) => {
  test.each([{ interceptors: [] }, { interceptors: [pass] }])(
    "gives the error back and ends the call, with $interceptors.length interceptors",
    async ({ interceptors }) => {
      const journal = new Journal();
      await using opened = await pair.open({ services: [probe(journal)] });
      const client = opened.client(Probe, { interceptors });
      async function* delegating() {
        yield* client.endless({ n: 1 });
      }
      const mine = new Error("mine");
      const generator = delegating();
      await generator.next();
      await expect(generator.throw(mine)).rejects.toBe(mine);
      await journal.wrote("endless over");
      const chat = client.chat([{}, {}]);
      await chat.next();
      await expect(chat.throw(mine)).rejects.toBe(mine);
      expect(await chat.next()).toEqual({ done: true, value: undefined });
      await journal.wrote("chat over");
    },
  );
});

test("proxies, failed streams and requests have it too", async () => {
  const Relay = defineService("Relay", {}, { chat: serverStream(Item, Item) });
  await using pair = await servicePair({
    services: [probe(), implement(Relay, { async *chat() {} })],
  });
  const mine = new Error("mine");
  const streams = [
    pair.client.proxy("Probe").count?.stream({ n: 3, payload: "" }),
    pair.client.client(Probe).count({ n: 1 }, { serialization: "row" }),
  ];
  for (const stream of streams) await expect(stream?.throw(mine)).rejects.toBe(mine);
});
