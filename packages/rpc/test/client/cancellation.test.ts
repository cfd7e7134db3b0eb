// The guarantee: however a call ends, in every pattern, the `finally` of its handler runs within a
// second, its caller gets one result, and no state is left.
import { setTimeout as sleep } from "node:timers/promises";
import {
  bidiStream,
  type Client,
  clientStream,
  defineService,
  implement,
  type ResponseStream,
  type RpcError,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import type { ClientOptions } from "@aster/rpc/client";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Journal, Text } from "../support/probe.ts";

const Long = defineService(
  "Long",
  {},
  {
    unary: unary(Text, Text),
    serverStream: serverStream(Text, Text),
    clientStream: clientStream(Text, Text),
    bidiStream: bidiStream(Text, Text),
  },
);
type Pattern = keyof typeof Long.methods;
type Item = { text: string };

const patterns: readonly Pattern[] = ["unary", "serverStream", "clientStream", "bidiStream"];
const streams: readonly Pattern[] = ["serverStream", "bidiStream"];

/** Every handler runs until its call ends. */
function long(journal: Journal) {
  const told = (signal: AbortSignal, name: string): void => {
    journal.write(`${name} began`);
    signal.addEventListener("abort", () =>
      journal.write(`${name} told ${(signal.reason as RpcError).code}`),
    );
  };
  const over = (name: string): void => journal.write(`${name} over`);
  return implement(Long, {
    async unary(_, { signal }) {
      told(signal, "unary");
      try {
        await sleep(60_000, undefined, { signal });
        return {};
      } finally {
        over("unary");
      }
    },
    async *serverStream(_, { signal }) {
      told(signal, "serverStream");
      try {
        for (;;) {
          yield { text: "item" };
          await sleep(1);
        }
      } finally {
        over("serverStream");
      }
    },
    async clientStream(requests, { signal }) {
      told(signal, "clientStream");
      try {
        for await (const _ of requests);
        return {};
      } catch (error) {
        journal.write(`clientStream read ${(error as RpcError).code}`);
        throw error;
      } finally {
        over("clientStream");
      }
    },
    async *bidiStream(requests, { signal }) {
      told(signal, "bidiStream");
      try {
        for await (const request of requests) yield request;
      } finally {
        over("bidiStream");
      }
    },
  });
}

/** Requests without an end, and a note when their reader leaves. */
async function* requests(journal: Journal): AsyncGenerator<Item> {
  try {
    for (;;) {
      yield { text: "item" };
      await sleep(1);
    }
  } finally {
    journal.write("source left");
  }
}

interface Started {
  readonly client: Client<typeof Long>;
  readonly journal: Journal;
  readonly pair: ServicePair;
}

/** Starts a call and reads it to its end. Resolves with the results of the call. */
function settled(
  { client, journal }: Started,
  pattern: Pattern,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<unknown> {
  if (pattern === "unary") return outcome(client.unary({}, options));
  if (pattern === "clientStream") {
    return outcome(client.clientStream(requests(journal), options));
  }
  const stream = open({ client, journal }, pattern, options);
  return outcome(
    (async () => {
      for await (const _ of stream);
    })(),
  );
}

function open(
  { client, journal }: Pick<Started, "client" | "journal">,
  pattern: Pattern,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): ResponseStream<Item> {
  return pattern === "serverStream"
    ? client.serverStream({}, options)
    : client.bidiStream(requests(journal), options);
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "well",
    (error: unknown) => error,
  );
}

const leave: Record<string, (stream: ResponseStream<Item>) => Promise<unknown>> = {
  async break(stream) {
    for await (const _ of stream) break;
  },
  async return(stream) {
    const read = async () => {
      for await (const item of stream) return item;
    };
    await read();
  },
  async throw(stream) {
    const read = async () => {
      for await (const _ of stream) throw new RangeError("enough");
    };
    await expect(read()).rejects.toThrow(RangeError);
  },
  async "await using"(stream) {
    await using used = stream;
    await used.next();
  },
  async "return()"(stream) {
    await stream.next();
    await stream.return();
    await stream.return();
  },
};

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeAll(() => {
  process.on("unhandledRejection", note);
});
afterAll(async () => {
  await sleep(20);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const ways = (["memory", "quic"] as const).flatMap((transport) =>
  (["xlang", "json"] as const).map((mode) => ({ transport, mode })),
);

describe.each(ways)("$transport $mode", ({ transport, mode }) => {
  async function started(options: ClientOptions = {}): Promise<Started & AsyncDisposable> {
    const journal = new Journal();
    const pair = await servicePair({ services: [long(journal)], transport });
    const client = pair.client.client(Long, { ...options, serialization: mode });
    return { pair, journal, client, [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() };
  }

  async function nothingLeft({ journal, pair }: Started, pattern: Pattern): Promise<void> {
    await journal.wrote(`${pattern} over`);
    if (pattern === "clientStream" || pattern === "bidiStream") await journal.wrote("source left");
    await expect.poll(() => pair.server.stats().calls).toBe(0);
    expect(journal.lines.filter((line) => line === `${pattern} over`)).toHaveLength(1);
    expect(journal.lines.filter((line) => / told /.test(line))).toHaveLength(1);
  }

  describe.each(patterns)("%s", (pattern) => {
    test("the caller's signal", async () => {
      await using call = await started();
      const abort = new AbortController();
      const end = settled(call, pattern, { signal: abort.signal });
      await call.journal.wrote(`${pattern} began`);
      abort.abort();
      abort.abort();
      expect(await end).toMatchObject({ code: StatusCode.CANCELLED });
      await nothingLeft(call, pattern);
      expect(call.journal.lines).toContain(`${pattern} told ${StatusCode.CANCELLED}`);
    });

    test("the deadline", async () => {
      await using call = await started();
      const end = settled(call, pattern, { timeoutMs: 60 });
      expect(await end).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
      await nothingLeft(call, pattern);
    });

    test("the connection, closed by the client", async () => {
      await using call = await started();
      const end = settled(call, pattern);
      await call.journal.wrote(`${pattern} began`);
      await call.pair.client.close();
      expect(await end).toMatchObject({ code: StatusCode.CANCELLED });
      await nothingLeft(call, pattern);
    });

    test("the server, closed without grace", async () => {
      await using call = await started();
      const end = settled(call, pattern);
      await call.journal.wrote(`${pattern} began`);
      await call.pair.server.close({ graceMs: 0 });
      expect(await end).toMatchObject({ code: StatusCode.UNAVAILABLE });
      await nothingLeft(call, pattern);
    });
  });

  describe.each(streams)("%s", (pattern) => {
    test.each(Object.keys(leave))("leaving the stream by %s", async (how) => {
      await using call = await started();
      const stream = open(call, pattern);
      await leave[how]?.(stream);
      await nothingLeft(call, pattern);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test.each(Object.keys(leave))("leaving the stream by %s, with interceptors", async (how) => {
      await using call = await started({ interceptors: [(one, next) => next(one)] });
      await leave[how]?.(open(call, pattern));
      await nothingLeft(call, pattern);
    });
  });

  test("an error of the requests rejects the call unchanged and is CANCELLED at the handler", async () => {
    await using call = await started();
    async function* broken(pattern: Pattern) {
      yield { text: "one" };
      await call.journal.wrote(`${pattern} began`);
      throw new RangeError("no more paper");
    }
    const error = await outcome(call.client.clientStream(broken("clientStream")));
    expect(error).toEqual(new RangeError("no more paper"));
    await call.journal.wrote(`clientStream read ${StatusCode.CANCELLED}`);
    await call.journal.wrote("clientStream over");
    const read = outcome(
      (async () => {
        for await (const _ of call.client.bidiStream(broken("bidiStream")));
      })(),
    );
    expect(await read).toEqual(new RangeError("no more paper"));
    await call.journal.wrote(`bidiStream told ${StatusCode.CANCELLED}`);
    await call.journal.wrote("bidiStream over");
  });
});
