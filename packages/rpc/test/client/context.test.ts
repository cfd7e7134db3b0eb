// The call of a handler, as `currentCall()` and its context have it.
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AdmissionGate,
  bidiStream,
  type CallContext,
  clientStream,
  currentCall,
  defineService,
  implement,
  serverStream,
  unary,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { pairs } from "../support/pairs.ts";
import { Journal, Text } from "../support/probe.ts";

const Where = defineService(
  "Where",
  {},
  {
    one: unary(Text, Text),
    many: serverStream(Text, Text),
    sum: clientStream(Text, Text),
    chat: bidiStream(Text, Text),
    wait: serverStream(Text, Text),
    cut: unary(Text, Text),
  },
);

/** The result of `currentCall()`, with the metadata that distinguishes calls of one method. */
const here = (): string => `${currentCall()?.method} ${currentCall()?.metadata.get("id")}`;

async function deep(): Promise<string> {
  await sleep(1);
  return new Promise((resolve) => setImmediate(() => queueMicrotask(() => resolve(here()))));
}

function where(journal: Journal) {
  return implement(Where, {
    async one() {
      const before = here();
      return { text: [before, await deep(), here()].join() };
    },
    async *many() {
      yield { text: here() };
      await sleep(1);
      yield { text: here() };
      yield { text: await deep() };
    },
    async sum(requests) {
      const seen: string[] = [];
      for await (const _ of requests) seen.push(here());
      return { text: [...seen, await deep()].join() };
    },
    async *chat(requests) {
      for await (const _ of requests) yield { text: here() };
      yield { text: await deep() };
    },
    async *wait() {
      try {
        for (;;) yield { text: here() };
      } finally {
        journal.write(`finally ${here()}`);
        await sleep(1);
        journal.write(`later ${here()}`);
      }
    },
    async cut(_, { signal }) {
      journal.write("waiting");
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          journal.write(`abort ${here()}`);
          resolve();
        });
      });
      journal.write(`after ${here()}`);
      return {};
    },
  });
}

async function texts(stream: AsyncIterable<{ text: string }>): Promise<string[]> {
  const all: string[] = [];
  for await (const { text } of stream) all.push(text);
  return all;
}

describe.each(pairs)("$name", (pair) => {
  test("is the call of each handler, in every pattern, after awaits and between yields", async () => {
    await using opened = await pair.open({ services: [where(new Journal())] });
    const client = opened.client(Where);
    const requests = [{ text: "" }, { text: "" }];
    await Promise.all(
      ["a", "b", "c"].map(async (id) => {
        const options = { metadata: { id } };
        const one = (await client.one({}, options)).text;
        expect(one).toBe([`one ${id}`, `one ${id}`, `one ${id}`].join());
        expect(await texts(client.many({}, options))).toEqual(Array(3).fill(`many ${id}`));
        const sum = (await client.sum(requests, options)).text;
        expect(sum).toBe(Array(3).fill(`sum ${id}`).join());
        expect(await texts(client.chat(requests, options))).toEqual(Array(3).fill(`chat ${id}`));
      }),
    );
    expect(currentCall()).toBe(undefined);
  });

  test("is set where a handler reacts to the end of its call", async () => {
    const journal = new Journal();
    await using opened = await pair.open({ services: [where(journal)] });
    const client = opened.client(Where);
    for await (const _ of client.wait({}, { metadata: { id: "x" } })) break;
    await journal.wrote("finally wait x");
    await journal.wrote("later wait x");
    const abort = new AbortController();
    const cut = client.cut({}, { metadata: { id: "y" }, signal: abort.signal });
    await journal.wrote("waiting");
    abort.abort();
    await expect(cut).rejects.toThrow();
    await journal.wrote("abort cut y");
    await journal.wrote("after cut y");
  });
});

test("has peer, roles, attributes, deadline and metadata", async () => {
  let seen: CallContext | undefined;
  const gate: AdmissionGate = {
    open: false,
    admit: () => ({ admitted: true, attributes: { "aster.role": "admin", team: "blue" } }),
  };
  const See = defineService("See", {}, { go: unary(Text, Text, { name: "go_on" }) });
  const see = implement(See, {
    go(_, context) {
      seen = context;
      expect(currentCall()).toBe(context);
      return {};
    },
  });
  await using pair = await servicePair({ services: [see], gate });
  const began = Date.now();
  await pair.client
    .client(See)
    .go({}, { timeoutMs: 10_000, metadata: [["a", "1"] as const, ["a", "2"] as const] });
  expect(seen).toMatchObject({ service: "See", method: "go_on", peer: pair.client.node.id });
  expect([...(seen?.roles ?? [])]).toEqual(["admin"]);
  expect(seen?.attributes.get("team")).toBe("blue");
  expect(seen?.metadata.getAll("a")).toEqual(["1", "2"]);
  expect(seen?.deadlineEpochMs).toBeGreaterThanOrEqual(began + 9_999);
  expect(seen?.deadlineEpochMs).toBeLessThan(began + 20_000);
  expect(seen?.remainingMs()).toBeGreaterThan(0);
  expect(seen?.remainingMs()).toBeLessThanOrEqual(10_001);
  expect(seen?.signal.aborted).toBe(false);
});
