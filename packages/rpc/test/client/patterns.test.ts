import { describe, expect, test } from "vitest";
import { collect } from "../support/outcomes.ts";
import { ways } from "../support/pairs.ts";
import { Probe, probe } from "../support/probe.ts";

const sizes = [0, 1, 4000, 4096, 4097, 70_000, 1_000_000];

describe.each(ways)("$title", ({ pair, mode }) => {
  const open = async () => {
    const opened = await pair.open({ services: [probe()], limits: { maxCallsPerPeer: 300 } });
    const client = opened.client(Probe, { serialization: mode });
    return { client, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](), opened };
  };

  test.each(sizes)("unary with %i characters", async (size) => {
    await using context = await open();
    const text = "aé日".repeat(size).slice(0, size);
    expect(await context.client.echo({ text })).toEqual({ text });
  });

  test("fills in defaults", async () => {
    await using context = await open();
    expect(await context.client.echo({})).toEqual({ text: "" });
  });

  test.each([0, 1, 3000])("server stream of %i messages, in order", async (n) => {
    await using context = await open();
    const items = await collect(context.client.count({ n, payload: "p" }));
    expect(items.map((item) => item.n)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test("server stream of large messages", async () => {
    await using context = await open();
    const payload = "x".repeat(300_000);
    const items = await collect(context.client.count({ n: 10, payload }));
    expect(items.every((item) => item.payload === payload)).toBe(true);
    expect(items.length).toBe(10);
  });

  test.each([0, 1, 3000])("client stream of %i messages", async (items) => {
    await using context = await open();
    async function* requests() {
      for (let n = 0; n < items; n++) yield { n };
    }
    const total = items === 0 ? 0 : (items * (items - 1)) / 2;
    expect(await context.client.sum(requests())).toEqual({ total, items });
  });

  test("bidi stream with each request after the previous reply", async () => {
    await using context = await open();
    let reply: ((text: string) => void) | undefined;
    async function* requests() {
      let text = "0";
      for (let round = 0; round < 20; round++) {
        const next = new Promise<string>((resolve) => {
          reply = resolve;
        });
        yield { text };
        text = await next;
      }
    }
    const seen: string[] = [];
    for await (const { text } of context.client.chat(requests())) {
      seen.push(text);
      reply?.(`${text.length}`);
    }
    expect(seen.length).toBe(20);
    expect(seen[0]).toBe("0");
  });

  test("a handler can answer before its requests end", async () => {
    await using context = await open();
    async function* forever() {
      for (let n = 5; ; n++) {
        yield { n };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    expect((await context.client.first(forever())).n).toBe(5);
  });

  test("300 calls at a time", async () => {
    await using context = await open();
    const texts = Array.from({ length: 300 }, (_, i) => `call ${i}`);
    const replies = await Promise.all(texts.map((text) => context.client.echo({ text })));
    expect(replies.map(({ text }) => text)).toEqual(texts);
    expect(context.opened.calls()).toBe(0);
  });
});
