import { bidiStream, defineService, implement, type RpcError, StatusCode } from "@aster/rpc";
import { describe, expect, test } from "vitest";
import { type PairKind, ways } from "../support/pairs.ts";
import { Journal, Probe, probe, Text } from "../support/probe.ts";

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

const tick = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(ways)("$title", ({ pair, mode }) => {
  const open = async (kind: PairKind) => {
    const journal = new Journal();
    const opened = await kind.open({
      services: [probe(journal)],
      limits: { maxCallsPerPeer: 500 },
    });
    return { journal, opened, client: opened.client(Probe, { serialization: mode }) };
  };

  test("a signal that fired before the call sends nothing", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const why = new Error("no need");
    const error = await reasonOf(client.sleep({ n: 1 }, { signal: AbortSignal.abort(why) }));
    expect(error).toMatchObject({ code: StatusCode.CANCELLED, cause: why });
    await client.echo({});
    expect(journal.lines).toEqual([]);
  });

  test("a signal that fires during the call aborts the handler", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const abort = new AbortController();
    const call = reasonOf(client.sleep({ n: 5000 }, { signal: abort.signal }));
    await journal.wrote("sleep began");
    abort.abort();
    expect(await call).toMatchObject({ code: StatusCode.CANCELLED });
    await journal.wrote("sleep over");
    await client.echo({});
    expect(opened.calls()).toBe(0);
    abort.abort();
  });

  test("a handler that ignores its signal counts as running until it returns", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const abort = new AbortController();
    const call = reasonOf(client.deaf({ n: 200 }, { signal: abort.signal }));
    await journal.wrote("deaf began");
    abort.abort();
    expect(await call).toMatchObject({ code: StatusCode.CANCELLED });
    await client.echo({});
    expect(opened.calls()).toBe(1);
    await journal.wrote("deaf over");
    await tick();
    expect(opened.calls()).toBe(0);
  });

  test("AbortSignal.timeout ends a call with DEADLINE_EXCEEDED", async () => {
    const { opened, client } = await open(pair);
    await using _ = opened;
    const error = await reasonOf(client.sleep({ n: 5000 }, { signal: AbortSignal.timeout(50) }));
    expect(error).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  });

  test.each(["break", "throw", "return()"])(
    "leaving a stream by %s ends its handler",
    async (how) => {
      const { journal, opened, client } = await open(pair);
      await using _ = opened;
      const stream = client.endless({ n: 2 });
      const read = async () => {
        for await (const { n } of stream) {
          if (n < 3) continue;
          if (how === "break") break;
          if (how === "throw") throw new RangeError("enough");
          await stream.return?.();
        }
      };
      const error = await reasonOf(read());
      expect(error).toEqual(how === "throw" ? new RangeError("enough") : undefined);
      await journal.wrote("endless over");
      await tick();
      expect(opened.calls()).toBe(0);
    },
  );

  test("a signal ends a stream on both sides and drops unread items", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const abort = new AbortController();
    const stream = client.endless({ n: 1 }, { signal: abort.signal });
    await stream.next();
    await tick();
    abort.abort();
    expect(await reasonOf(stream.next())).toMatchObject({ code: StatusCode.CANCELLED });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await journal.wrote("endless over");
  });

  test("a signal cancels a stream that is not read", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const abort = new AbortController();
    client.endless({ n: 0 }, { signal: abort.signal });
    await journal.wrote("endless began");
    abort.abort();
    await journal.wrote("endless over");
  });

  test("a signal cancels a client stream and stops its source", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const abort = new AbortController();
    const source = new Journal();
    async function* requests() {
      try {
        for (let n = 0; ; n++) {
          yield { n };
          await tick(2);
        }
      } finally {
        source.write("left");
      }
    }
    const call = reasonOf(client.sum(requests(), { signal: abort.signal }));
    await journal.wrote("sum began");
    abort.abort();
    expect(await call).toMatchObject({ code: StatusCode.CANCELLED });
    await journal.wrote("sum over");
    await source.wrote("left");
  });

  test("an error of a source rejects the call unchanged and cancels the handler", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    async function* requests() {
      yield { n: 1 };
      await journal.wrote("sum began");
      throw new RangeError("no more paper");
    }
    expect(await reasonOf(client.sum(requests()))).toEqual(new RangeError("no more paper"));
    await journal.wrote("sum over");
  });

  test("leaving a bidi stream ends both directions", async () => {
    const { journal, opened, client } = await open(pair);
    await using _ = opened;
    const source = new Journal();
    async function* requests() {
      try {
        for (;;) {
          yield { text: "x" };
          await tick(1);
        }
      } finally {
        source.write("left");
      }
    }
    for await (const { text } of client.chat(requests())) {
      expect(text).toBe("x");
      break;
    }
    await journal.wrote("chat over");
    await source.wrote("left");
  });

  test("500 calls cancelled at random moments end once and leave no state", async () => {
    const { opened, client } = await open(pair);
    await using _ = opened;
    const calls = Array.from({ length: 500 }, async (_unused, i) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), i % 20);
      const error = await reasonOf(client.sleep({ n: 10 }, { signal: abort.signal }));
      return error === undefined || (error as RpcError).code === StatusCode.CANCELLED;
    });
    expect((await Promise.all(calls)).every(Boolean)).toBe(true);
    await tick(100);
    expect(opened.calls()).toBe(0);
    await client.echo({});
  });

  test("stops a source and a handler that wait for something else", async () => {
    const asked = new Journal();
    const stuck = (name: string): AsyncIterable<{ text: string }> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        async return() {
          asked.write(`${name} asked`);
          return { done: true, value: undefined };
        },
      }),
    });
    const Stuck = defineService("Stuck", {}, { wait: bidiStream(Text, Text) });
    const waiting = implement(Stuck, {
      wait() {
        asked.write("began");
        return stuck("handler");
      },
    });
    await using opened = await pair.open({ services: [waiting] });
    const client = opened.client(Stuck, { serialization: mode });
    const abort = new AbortController();
    const stream = client.wait(stuck("source"), { signal: abort.signal });
    await asked.wrote("began");
    await tick();
    abort.abort();
    expect(await reasonOf(stream.next())).toMatchObject({ code: StatusCode.CANCELLED });
    await asked.wrote("source asked");
    await asked.wrote("handler asked");
  });
});
