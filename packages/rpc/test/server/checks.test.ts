// The checks of request types: their results reach the handler, and promises are awaited.
import {
  AsterClient,
  bidiStream,
  clientStream,
  createLocalClient,
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const Name = wireType("checks/Name", { name: z.string().trim().toLowerCase().max(3) });
const Slow = wireType("checks/Slow", {
  name: z
    .string()
    .trim()
    .refine(async (name) => {
      if (name === "broken") throw new Error("the database is gone");
      await sleep(name === "slow" ? 30 : 1);
      return name !== "taken";
    }, "taken"),
});
const Text = wireType("checks/Text", { text: z.string() });
const shape = (Request: typeof Name | typeof Slow) => ({
  one: unary(Request, Text),
  down: serverStream(Request, Text),
  up: clientStream(Request, Text),
  both: bidiStream(Request, Text),
});
const Checked = defineService("Checked", {}, shape(Name));
const Awaited = defineService("Awaited", {}, shape(Slow));
let handled = 0;
const handlers = {
  one: ({ name }: { name: string }) => {
    handled++;
    return { text: name };
  },
  async *down({ name }: { name: string }) {
    handled++;
    yield { text: name };
  },
  async up(requests: AsyncIterable<{ name: string }>) {
    const names: string[] = [];
    for await (const { name } of requests) names.push(name);
    return { text: names.join() };
  },
  async *both(requests: AsyncIterable<{ name: string }>) {
    for await (const { name } of requests) yield { text: name };
  },
};
const faults: unknown[] = [];
const services = [implement(Checked, handlers), implement(Awaited, handlers)];
const server = new Server({
  services,
  onError: ({ cause }) => {
    faults.push(cause);
  },
});

const texts = async (stream: AsyncIterable<{ text: string }>): Promise<string[]> => {
  const all: string[] = [];
  for await (const { text } of stream) all.push(text);
  return all;
};
const failure = async (run: () => unknown): Promise<RpcError> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe.each([
  ["xlang", { serialization: "xlang" }],
  ["native", { serialization: "json" }],
  ["values as they are", { wireCompatible: false }],
] as const)("in a local client, %s", (_, options) => {
  test.each([
    ["checks that change values", Checked],
    ["checks that return promises", Awaited],
  ] as const)("the handler gets the results of %s", async (_name, definition) => {
    const client = createLocalClient(definition as typeof Checked, server, options);
    const request = { name: " abc " };
    expect(await client.one(request)).toEqual({ text: "abc" });
    expect(request).toEqual({ name: " abc " });
    expect(await texts(client.down(request))).toEqual(["abc"]);
    expect(await client.up([request, { name: " b" }])).toEqual({ text: "abc,b" });
    expect(await texts(client.both([request, { name: " b" }]))).toEqual(["abc", "b"]);
  });

  test("a check that fails later is INVALID_ARGUMENT, and the handler does not run", async () => {
    const client = createLocalClient(Awaited, server, options);
    handled = 0;
    for (const run of [
      () => client.one({ name: "taken" }),
      () => texts(client.down({ name: "taken" })),
      () => client.up([{ name: "a" }, { name: "taken" }]),
      () => texts(client.both([{ name: "a" }, { name: "taken" }])),
    ]) {
      const error = await failure(run);
      expect([error.code, error.rawMessage]).toEqual([
        StatusCode.INVALID_ARGUMENT,
        "the request is not valid at name: taken",
      ]);
      expect(error.details).toMatchObject({ reason: "request.invalid", path: "name" });
    }
    expect(handled).toBe(0);
  });

  test("requests of a stream stay in order while their checks wait", async () => {
    const client = createLocalClient(Awaited, server, options);
    const names = [{ name: "slow" }, { name: "a" }, { name: "b" }];
    expect(await client.up(names)).toEqual({ text: "slow,a,b" });
    expect(await texts(client.both(names))).toEqual(["slow", "a", "b"]);
  });

  test("a check that throws is an internal error, which is reported", async () => {
    const client = createLocalClient(Awaited, server, options);
    faults.length = 0;
    const error = await failure(() => client.one({ name: "broken" }));
    expect(error.code).toBe(StatusCode.UNKNOWN);
    expect(error.message).not.toContain("database");
    expect(faults).toMatchObject([{ message: "the database is gone" }]);
  });
});

test("a deadline ends a call whose checks wait, and its handler does not run", async () => {
  const client = createLocalClient(Awaited, server);
  handled = 0;
  const error = await failure(() => client.one({ name: "slow" }, { timeoutMs: 5 }));
  expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
  await sleep(50);
  expect(handled).toBe(0);
  expect(server.stats().calls).toBe(0);
});

test("sessions and connections await checks too", async () => {
  const Kept = defineService("Kept", { scoped: "session" }, { go: unary(Slow, Text) });
  const kept = implement(Kept, () => ({ go: ({ name }) => ({ text: name }) }));
  await using pair = await servicePair({ services: [kept, ...services] });
  await using session = await pair.client.session(Kept);
  expect(await session.go({ name: " a " })).toEqual({ text: "a" });
  expect((await failure(() => session.go({ name: "taken" }))).code).toBe(
    StatusCode.INVALID_ARGUMENT,
  );
  expect(await session.go({ name: "b" })).toEqual({ text: "b" });
  expect(pair.client).toBeInstanceOf(AsterClient);
  expect(await pair.client.client(Awaited).one({ name: "c " })).toEqual({ text: "c" });
});
