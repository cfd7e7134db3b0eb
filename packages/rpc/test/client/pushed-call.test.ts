// Calls into which the program pushes its requests.
import { manifestOf } from "@aster/contract/model";
import {
  type BidiStreamCall,
  bidiStream,
  type ClientStreamCall,
  clientStream,
  createLocalSession,
  defineService,
  implement,
  type ProxyMethod,
  RpcError,
  StatusCode,
  wireType,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { collect, failure } from "../support/outcomes.ts";

const Item = wireType("pushed/Item", { n: z.int().max(1_000_000), text: z.string().default("") });
type Sent = z.input<typeof Item>;
type Got = z.output<typeof Item>;

let running = 0;
let read = 0;
let resume = (): void => {};

async function counted<T>(work: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
  }
}

const methods = {
  sum: clientStream(Item, Item),
  early: clientStream(Item, Item),
  refuse: clientStream(Item, Item),
  stuck: clientStream(Item, Item),
  double: bidiStream(Item, Item),
  stop: bidiStream(Item, Item),
  fail: bidiStream(Item, Item),
};
const handlers = {
  sum: (items: AsyncIterable<Got>) =>
    counted(async () => {
      let n = 0;
      for await (const item of items) n += item.n;
      return { n };
    }),
  early: () => ({ n: 7 }),
  refuse: () => {
    throw new RpcError(StatusCode.PERMISSION_DENIED, "not today");
  },
  stuck: (items: AsyncIterable<Got>) =>
    counted(async () => {
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
      for await (const _ of items) read += 1;
      return { n: read };
    }),
  async *double(items: AsyncIterable<Got>) {
    running += 1;
    try {
      for await (const { n } of items) yield { n: 2 * n };
    } finally {
      running -= 1;
    }
  },
  async *stop() {
    yield { n: 1 };
  },
  async *fail(items: AsyncIterable<Got>) {
    for await (const { n } of items) {
      if (n === 2) throw new RpcError(StatusCode.ABORTED, "two");
      yield { n };
    }
  },
};
const Pushed = defineService("Pushed", {}, methods);
const Kept = defineService("Kept", { scoped: "session" }, methods);
const services = [implement(Pushed, handlers), implement(Kept, () => handlers)];

const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => void unhandled.push(error));

afterEach(async () => {
  resume();
  await expect.poll(() => running).toBe(0);
  expect(unhandled).toEqual([]);
  read = 0;
});

interface Methods {
  sum(): ClientStreamCall<Sent, unknown>;
  double(): BidiStreamCall<Sent, unknown>;
}

type ByName = Readonly<Record<"sum" | "double", ProxyMethod<unknown, Sent>>>;

const ways: [string, (pair: ServicePair) => Promise<Methods>][] = [
  [
    "client",
    async ({ client }) => {
      const { sum, double } = client.client(Pushed);
      return { sum: () => sum.open(), double: () => double.open() };
    },
  ],
  [
    "session",
    async ({ client }) => {
      const { sum, double } = await client.session(Kept);
      return { sum: () => sum.open(), double: () => double.open() };
    },
  ],
  [
    "local session",
    async () => {
      const { sum, double } = createLocalSession(Kept, new Server({ services }));
      return { sum: () => sum.open(), double: () => double.open() };
    },
  ],
  ...(["proxy", "session"] as const).flatMap((kind) =>
    [false, true].map((described): [string, (pair: ServicePair) => Promise<Methods>] => [
      `${described ? "manifest " : ""}${kind} by name`,
      async ({ client }) => {
        const definition = kind === "proxy" ? Pushed : Kept;
        const options = described ? { manifest: manifestOf(definition) } : {};
        const made =
          kind === "proxy"
            ? client.proxy(definition.name, options)
            : await client.session(definition.name, options);
        const remote = made as unknown as ByName;
        return {
          sum: () => remote.sum.clientStream.open(),
          double: () => remote.double.bidi.open(),
        };
      },
    ]),
  ),
];

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each(ways)("pushes requests: %s", async (_, methodsOf) => {
    await using pair = await servicePair({ services, transport });
    const remote = await methodsOf(pair);
    await using summing = remote.sum();
    for (const n of [1, 2, 3]) await summing.send({ n });
    summing.end();
    summing.end();
    expect(await summing.response).toMatchObject({ n: 6 });
    await using doubling = remote.double();
    await doubling.send({ n: 1 });
    expect((await doubling.next()).value).toMatchObject({ n: 2 });
    void doubling.send({ n: 2 });
    void doubling.send({ n: 3 });
    doubling.end();
    expect(await collect(doubling)).toMatchObject([{ n: 4 }, { n: 6 }]);
  });

  test("a send waits while the server does not read", async () => {
    await using pair = await servicePair({ services, transport, client: { compression: false } });
    await using call = pair.client.client(Pushed).stuck.open();
    const text = "x".repeat(60_000);
    let sent = 0;
    const pushing = (async () => {
      for (; sent < 200; sent++) await call.send({ n: sent, text: text + sent });
      call.end();
    })();
    await expect.poll(() => running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(190);
    resume();
    await pushing;
    expect(await call.response).toMatchObject({ n: 200 });
  });
});

const passes: Interceptor = (call, next) => next(call);
const wraps: Interceptor = async (call, next) => {
  const result = await next(call);
  if (!(Symbol.asyncIterator in Object(result))) return result;
  return (async function* () {
    yield* result as AsyncIterable<unknown>;
  })();
};

describe.each<[string, Interceptor[]]>([
  ["without interceptors", []],
  ["with an interceptor", [passes]],
  ["with an interceptor that makes its own stream", [wraps]],
])("%s", (name, interceptors) => {
  const open = () => servicePair({ services, client: { interceptors } });

  test("sends get the status of the call", async () => {
    await using pair = await open();
    const remote = pair.client.client(Pushed);
    const refused = remote.refuse.open();
    await failure(refused.response);
    const error = await failure(refused.send({ n: 1 }));
    expect([error.code, error.rawMessage]).toEqual([StatusCode.PERMISSION_DENIED, "not today"]);
    const early = remote.early.open();
    expect(await early.response).toMatchObject({ n: 7 });
    const late = await failure(early.send({ n: 1 }));
    expect([late.code, late.details.reason]).toEqual([StatusCode.FAILED_PRECONDITION, "call.over"]);
    await using failing = remote.fail.open();
    await failing.send({ n: 1 });
    void failing.send({ n: 2 });
    const thrown = await failure(collect(failing));
    expect(thrown.code).toBe(StatusCode.ABORTED);
    const after = await failure(failing.send({ n: 3 }));
    if (interceptors[0] !== wraps) expect(after.code).toBe(StatusCode.ABORTED);
  });

  test("sends of an unread call end with it", async () => {
    await using pair = await open();
    const stopped = pair.client.client(Pushed).stop.open();
    await vi.waitFor(async () => {
      const done = failure(stopped.send({ n: 1 }));
      const waiting = new Promise((_, reject) => setTimeout(reject, 20));
      expect(((await Promise.race([done, waiting])) as RpcError).details.reason).toBe("call.over");
    });
    expect(await collect(stopped)).toMatchObject([{ n: 1 }]);
  });

  test.each<[string, "stuck" | "double"]>([
    ["client stream", "stuck"],
    ["bidi stream", "double"],
  ])("deadline and signal end waiting sends: %s", async (_, method) => {
    await using pair = await open();
    const remote = pair.client.client(Pushed);
    const abort = new AbortController();
    for (const [options, code] of [
      [{ timeoutMs: 30 }, StatusCode.DEADLINE_EXCEEDED],
      [{ signal: abort.signal }, StatusCode.CANCELLED],
      [{ signal: AbortSignal.timeout(30) }, StatusCode.DEADLINE_EXCEEDED],
      [{ signal: AbortSignal.abort() }, StatusCode.CANCELLED],
      [{ timeoutMs: -1 }, StatusCode.INVALID_ARGUMENT],
    ] as const) {
      const call = remote[method].open(options);
      setTimeout(() => abort.abort(), 30);
      let error: RpcError | undefined;
      while (error === undefined) {
        error = await call.send({ n: 1, text: "x".repeat(100_000) }).then(
          () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1)),
          (reason: RpcError) => reason,
        );
      }
      if (interceptors[0] !== wraps || method === "stuck") expect(error.code).toBe(code);
      if (method === "stuck") {
        const { response } = call as ClientStreamCall<Sent, Got>;
        expect((await failure(response)).code).toBe(code);
      }
      resume();
    }
  });

  test("a request that cannot be encoded ends the call", async () => {
    await using pair = await open();
    const call = pair.client.client(Pushed).sum.open();
    const error = await failure(call.send({ n: "one" } as never));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await failure(call.response)).toBe(error);
  });

  test(`await using and a left loop end the call, ${name}`, async () => {
    await using pair = await open();
    const remote = pair.client.client(Pushed);
    let call: ClientStreamCall<Sent, Got>;
    {
      await using summing = remote.sum.open();
      call = summing;
      await summing.send({ n: 1 });
      await expect.poll(() => running).toBe(1);
    }
    expect((await failure(call.response)).code).toBe(StatusCode.CANCELLED);
    expect((await failure(call.send({ n: 1 }))).code).toBe(StatusCode.CANCELLED);
    const doubling = remote.double.open();
    await doubling.send({ n: 1 });
    for await (const _ of doubling) break;
    await failure(doubling.send({ n: 1 }));
    await expect.poll(() => pair.server.stats().calls).toBe(0);
  });

  test("a lost client ends waiting sends", async () => {
    await using pair = await open();
    const call = pair.client.client(Pushed).stuck.open();
    await call.send({ n: 1 });
    await expect.poll(() => running).toBe(1);
    await pair.client.close();
    expect((await failure(call.send({ n: 1 }))).code).toBe(StatusCode.CANCELLED);
  });
});

test("nothing can be sent after end", async () => {
  await using pair = await servicePair({ services });
  await using call = pair.client.client(Pushed).sum.open();
  call.end();
  expect((await failure(call.send({ n: 1 }))).details.reason).toBe("call.over");
  expect(await call.response).toMatchObject({ n: 0 });
});
