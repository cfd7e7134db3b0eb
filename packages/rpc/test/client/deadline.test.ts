import { currentCall, defineService, implement, RpcError, StatusCode, unary } from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { local, pairs } from "../support/pairs.ts";
import { Item, Journal, Probe, probe, Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { call, hello, joined, json, statusOf } from "../support/raw-say.ts";

async function codeOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return StatusCode.OK;
  } catch (error) {
    return error instanceof RpcError ? error.code : -1;
  }
}

describe.each(pairs)("$name", (pair) => {
  test("a deadline ends a slow handler and its caller", async () => {
    const journal = new Journal();
    await using opened = await pair.open({ services: [probe(journal)] });
    const client = opened.client(Probe);
    const began = performance.now();
    expect(await codeOf(client.sleep({ n: 60_000 }, { timeoutMs: 100 }))).toBe(
      StatusCode.DEADLINE_EXCEEDED,
    );
    expect(performance.now() - began).toBeGreaterThan(95);
    await journal.wrote("sleep over");
    expect(await codeOf(client.echo({}))).toBe(StatusCode.OK);
  });

  test("a stream ends at its deadline", async () => {
    const journal = new Journal();
    await using opened = await pair.open({ services: [probe(journal)] });
    const stream = opened.client(Probe).endless({ n: 5 }, { timeoutMs: 150 });
    const read = async () => {
      for await (const _ of stream);
    };
    expect(await codeOf(read())).toBe(StatusCode.DEADLINE_EXCEEDED);
    await journal.wrote("endless over");
  });

  test("a timeout of one millisecond always ends the call", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe);
    const calls = Array.from({ length: 20 }, () =>
      codeOf(client.sleep({ n: 100 }, { timeoutMs: 1 })),
    );
    expect(new Set(await Promise.all(calls))).toEqual(new Set([StatusCode.DEADLINE_EXCEEDED]));
    expect(await codeOf(client.echo({}))).toBe(StatusCode.OK);
  });

  test("the handler gets the remaining time", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { timeoutMs: 70_000 });
    const remaining = async (options?: { timeoutMs: number }) =>
      JSON.parse((await client.context({}, options)).text).remainingMs;
    expect(await remaining({ timeoutMs: 20_000 })).toBeGreaterThan(10_000);
    expect(await remaining({ timeoutMs: 20_000 })).toBeLessThanOrEqual(20_001);
    expect(await remaining()).toBeGreaterThan(60_000);
    expect(await remaining({ timeoutMs: Number.POSITIVE_INFINITY })).toBe(null);
  });
});

test.each([0, -1, Number.NaN])("refuses a timeout of %d", async (timeoutMs) => {
  await using opened = await local.open({ services: [probe()] });
  expect(await codeOf(opened.client(Probe).echo({}, { timeoutMs }))).toBe(
    StatusCode.INVALID_ARGUMENT,
  );
});

test("uses the timeout of the method unless the call has one", async () => {
  const Slow = defineService("Slow", {}, { nap: unary(Item, Text, { timeoutMs: 60 }) });
  const nap = implement(Slow, {
    async nap({ n }) {
      await new Promise((resolve) => setTimeout(resolve, n));
      return { text: "slept" };
    },
  });
  await using opened = await local.open({ services: [nap] });
  const client = opened.client(Slow);
  expect(await codeOf(client.nap({ n: 300 }))).toBe(StatusCode.DEADLINE_EXCEEDED);
  expect(await codeOf(client.nap({ n: 100 }, { timeoutMs: 2000 }))).toBe(StatusCode.OK);
});

test("the handler limit ends a unary handler without a deadline, but not a stream", async () => {
  const journal = new Journal();
  await using opened = await local.open({
    services: [probe(journal)],
    limits: { handlerTimeoutMs: 100 },
  });
  const client = opened.client(Probe);
  expect(await codeOf(client.sleep({ n: 5000 }))).toBe(StatusCode.DEADLINE_EXCEEDED);
  const stream = client.endless({ n: 50 });
  for (let item = 0; item < 5; item++) expect((await stream.next()).done).toBe(false);
  await stream.return?.();
});

describe("a call made inside a handler", () => {
  const Hop = defineService(
    "Hop",
    {},
    { inherits: unary(Item, Text), optsOut: unary(Item, Text), who: unary(Text, Text) },
  );

  async function openHops() {
    const far = await local.open({ services: [probe()] });
    const client = far.client(Probe);
    const left = async (options: { timeoutMs: number; inheritDeadline?: boolean }) =>
      String(JSON.parse((await client.context({}, options)).text).remainingMs);
    const near = await local.open({
      services: [
        implement(Hop, {
          async inherits({ n }) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            return { text: await left({ timeoutMs: n }) };
          },
          optsOut: async ({ n }) => ({
            text: await left({ timeoutMs: n, inheritDeadline: false }),
          }),
          async who() {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return { text: `${currentCall()?.service}.${currentCall()?.method}` };
          },
        }),
      ],
    });
    return near.client(Hop);
  }

  test("has the remaining time, or its own timeout if that is less", async () => {
    const hop = await openHops();
    expect(Number((await hop.inherits({ n: 90_000 }, { timeoutMs: 10_000 })).text)).toBeLessThan(
      9990,
    );
    expect(Number((await hop.inherits({ n: 5000 }, { timeoutMs: 50_000 })).text)).toBeLessThan(
      5001,
    );
  });

  test("can opt out", async () => {
    const hop = await openHops();
    expect(Number((await hop.optsOut({ n: 9000 }, { timeoutMs: 1000 })).text)).toBeGreaterThan(
      8000,
    );
  });

  test("has the current call after awaits, and other code has none", async () => {
    const hop = await openHops();
    expect((await hop.who({})).text).toBe("Hop.who");
    expect(currentCall()).toBe(undefined);
  });
});

test("uses the most specific timeout: of the call, the method, the client, the AsterClient", async () => {
  const Timed = defineService(
    "Timed",
    {},
    { own: unary(Text, Text, { timeoutMs: 30_000 }), none: unary(Text, Text) },
  );
  const left = (_: unknown, context: { remainingMs(): number | undefined }) => ({
    text: String(context.remainingMs()),
  });
  await using pair = await servicePair({
    services: [implement(Timed, { own: left, none: left })],
    client: { timeoutMs: 50_000 },
  });
  const near = async (answer: Promise<{ text: string }>) =>
    Math.ceil(Number((await answer).text) / 10_000) * 10_000;
  const whole = pair.client.client(Timed);
  const one = pair.client.client(Timed, { timeoutMs: 40_000 });
  expect(await near(whole.none({}))).toBe(50_000);
  expect(await near(one.none({}))).toBe(40_000);
  expect(await near(one.own({}))).toBe(30_000);
  expect(await near(one.own({}, { timeoutMs: 20_000 }))).toBe(20_000);
});

test.each([
  [0, -300, StatusCode.DEADLINE_EXCEEDED],
  [1_000, -300, StatusCode.OK],
  [1_000, -3_000, StatusCode.DEADLINE_EXCEEDED],
  [60_000, -3_000, StatusCode.OK],
])("with a tolerance of %i ms a deadline %i ms from now ends with %i", async (skew, from, code) => {
  const journal = new Journal();
  const server = new Server({ services: [probe(journal)], limits: { deadlineSkewMs: skew } });
  await using pair = await rawPair(server);
  const header = json({ ...call, deadlineEpochMs: Date.now() + from });
  const answer = await new RawCall(pair.raw).send(joined(header, hello), true).answer();
  expect(statusOf(answer).code).toBe(code);
  expect(server.stats().callsTotal).toBe(code === StatusCode.OK ? 1 : 0);
});

describe.each([3_600_000, -3_600_000])("when the wall clock jumps by %i ms", (jumpMs) => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const jump = (): void => {
    const now = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => now() + jumpMs);
  };

  test("a running call keeps its deadline", async () => {
    const journal = new Journal();
    await using opened = await local.open({ services: [probe(journal)] });
    const client = opened.client(Probe);
    const long = client.sleep({ n: 150 }, { timeoutMs: 20_000 });
    const began = performance.now();
    const short = codeOf(client.sleep({ n: 60_000 }, { timeoutMs: 200 }));
    await journal.wrote("sleep began");
    jump();
    expect(await long).toMatchObject({ n: 150 });
    expect(await short).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test("a handler and its calls keep their remaining time", async () => {
    const Jump = defineService("Jump", {}, { go: unary(Text, Text) });
    await using far = await local.open({ services: [probe()] });
    const next = far.client(Probe);
    const jumping = implement(Jump, {
      async go(_, context) {
        jump();
        const left = context.remainingMs() ?? 0;
        const { remainingMs } = JSON.parse((await next.context({})).text);
        return { text: JSON.stringify([left, remainingMs]) };
      },
    });
    await using opened = await local.open({ services: [jumping] });
    const { text } = await opened.client(Jump).go({}, { timeoutMs: 20_000 });
    for (const left of JSON.parse(text)) {
      expect(left).toBeGreaterThan(10_000);
      expect(left).toBeLessThanOrEqual(20_001);
    }
  });
});
