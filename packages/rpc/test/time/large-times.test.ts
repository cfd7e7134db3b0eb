// Times beyond the longest timer of Node.js, and numbers that are not times.
import {
  AsterClient,
  type CallContext,
  createLocalClient,
  defineService,
  implement,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { loopbackPair } from "@aster/transport/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Backoff } from "../../src/reconnect/backoff.ts";
import { Sweep } from "../../src/time/sweep.ts";
import type { Timed } from "../../src/time/timer-slot.ts";
import { collect, failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

const Left = wireType("times/Left", {
  ms: z.number().default(0),
  none: z.boolean().default(false),
});
const Times = defineService(
  "Times",
  {},
  {
    left: unary(Left, Left),
    many: serverStream(Left, Left),
    long: unary(Left, Left, { timeoutMs: 2 ** 40 }),
  },
);
const left = ({ remainingMs }: { remainingMs: number | undefined }) => ({
  ms: remainingMs ?? 0,
  none: remainingMs === undefined,
});
const leftOf = (context: CallContext) => left({ remainingMs: context.remainingMs() });
const times = implement(Times, {
  left: async (_, context) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return leftOf(context);
  },
  long: (_, context) => leftOf(context),
  async *many(_, context) {
    yield leftOf(context);
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield leftOf(context);
  },
});

const warnings: string[] = [];
const note = ({ name }: Error) => void warnings.push(name);
beforeEach(() => {
  warnings.length = 0;
  process.on("warning", note);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

const finite = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 33 + 1.5, 1e14];
const endless = [
  ...[8.64e15, Number.MAX_SAFE_INTEGER, 2 ** 60, 1e30, Number.MAX_VALUE, Number.POSITIVE_INFINITY],
];
const wrong = [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, "5s", "5", null, true, 5n, {}];

describe.each(["memory", "quic"] as const)("%s", (transport) => {
  test.each(["xlang", "json"] as const)(
    "large timeouts are served in %s",
    async (serialization) => {
      await using pair = await servicePair({ transport, services: [times] });
      const client = pair.client.client(Times, { serialization });
      for (const timeoutMs of [...finite, ...endless]) {
        const isEndless = timeoutMs > 1e15;
        const answer = await client.left({}, { timeoutMs });
        expect([timeoutMs, answer.none]).toEqual([timeoutMs, isEndless]);
        if (!isEndless) expect(timeoutMs - answer.ms).toBeLessThan(10_000);
        const answers = await collect(client.many({}, { timeoutMs }));
        expect(answers.map(({ none }) => none)).toEqual([isEndless, isEndless]);
      }
      expect((await client.long({})).ms).toBeGreaterThan(2 ** 39);
    },
  );
});

test("a timeout that is not a number above 0 is refused by name", async () => {
  await using pair = await servicePair({ services: [times] });
  const client = pair.client.client(Times);
  for (const value of wrong) {
    const timeoutMs = value as number;
    const calls = [
      () => client.left({}, { timeoutMs }),
      () => collect(client.many({}, { timeoutMs })),
    ];
    for (const call of calls) {
      const error = await failure(call());
      expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
      expect(error.details.reason).toBe("option.invalid");
      expect(error.rawMessage).toMatch(
        /^option timeoutMs must be a positive number of milliseconds, got /,
      );
    }
  }
});

test("a deadline of an interceptor is a number or undefined", async () => {
  const server = new Server({ services: [times] });
  for (const deadlineAt of [1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY, undefined]) {
    const setting: Interceptor = (call, next) => next({ ...call, deadlineAt });
    const client = createLocalClient(Times, server, { interceptors: [setting] });
    expect(await client.left({})).toEqual({ ms: 0, none: true });
  }
  for (const deadlineAt of [Number.NaN, "soon", null]) {
    const setting: Interceptor = (call, next) => {
      return next({ ...call, deadlineAt: deadlineAt as number });
    };
    const client = createLocalClient(Times, server, { interceptors: [setting] });
    const error = await failure(client.left({}));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.rawMessage).toContain("option deadlineAt must be a reading of now()");
  }
  server.close();
});

test.each([2 ** 31, 2 ** 40, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
  "drains with a grace time of %d ms do not cut running calls",
  async (graceMs) => {
    await using pair = await servicePair({ services: [probe()] });
    const call = pair.client.client(Probe).deaf({ n: 200 });
    await vi.waitFor(() => expect(pair.server.stats().calls).toBe(1), { interval: 2 });
    expect(await pair.server.drain({ graceMs })).toBe(true);
    expect(await call).toEqual({ n: 200, payload: "" });
  },
);

test.each([2 ** 32, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
  "connects and reconnects with a timeout of %d ms",
  async (timeoutMs) => {
    await using nodes = await loopbackPair();
    await using pair = await servicePair({ services: [probe()], client: { timeoutMs } });
    expect(await pair.client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
    const alpn = "none";
    const dial = nodes.client.connect(nodes.server.address(), alpn, { timeoutMs });
    await expect(dial).rejects.toMatchObject({ code: "connect" });
  },
);

test("every option that is a time refuses what is not one", async () => {
  await using pair = await servicePair({ services: [probe()] });
  const { server, client } = pair;
  for (const value of [-1, Number.NaN, "5", null, 5n]) {
    const ms = value as number;
    const refusals: [string, () => unknown][] = [
      ["graceMs", () => server.drain({ graceMs: ms })],
      ["graceMs", () => server.close({ graceMs: ms })],
      ["graceMs", () => server.server.drain({ graceMs: ms })],
      ["graceMs", () => client.drain({ graceMs: ms })],
      ["graceMs", () => client.close({ graceMs: ms })],
      ["timeoutMs", () => client.client(Probe, { timeoutMs: ms })],
      ["timeoutMs", () => AsterClient.connect(server.address, { timeoutMs: ms })],
      ["reconnect.maxBackoffMs", () => connect({ maxBackoffMs: ms })],
      ["reconnect.initialBackoffMs", () => connect({ initialBackoffMs: ms })],
      ["reconnect.healthyAfterMs", () => connect({ healthyAfterMs: ms })],
      ["reconnect.connectTimeoutMs", () => connect({ connectTimeoutMs: ms })],
      ...(["headerTimeoutMs", "handlerTimeoutMs", "sessionIdleMs", "resetWindowMs"] as const).map(
        (name): [string, () => unknown] => [
          `limits.${name}`,
          () => new Server({ services: [], limits: { [name]: ms } }),
        ],
      ),
    ];
    const connect = (reconnect: object) => AsterClient.connect(server.address, { reconnect });
    for (const [option, refused] of refusals) {
      const error = await failure(Promise.resolve().then(refused));
      expect([option, error.code]).toEqual([option, StatusCode.INVALID_ARGUMENT]);
      expect(error.details).toMatchObject({ reason: "option.invalid", option });
    }
  }
  expect(await client.client(Probe).echo({ text: "open" })).toEqual({ text: "open" });
});

test("a sweep of more than 24 days sets no timer", () => {
  vi.useFakeTimers();
  let expired = 0;
  const entry: Timed = {
    ...{ slot: undefined, before: undefined, after: undefined },
    expired: () => {
      expired += 1;
    },
  };
  for (const timeoutMs of [2 ** 31, 365 * 86_400_000, Number.POSITIVE_INFINITY]) {
    const sweep = new Sweep(timeoutMs);
    sweep.add(entry);
    expect(vi.getTimerCount()).toBe(0);
    sweep.remove(entry);
    sweep.close();
  }
  vi.useRealTimers();
  expect(expired).toBe(0);
});

test("a back-off without an initial wait stays at 0 after many failures", () => {
  const backoff = new Backoff({ initialBackoffMs: 0 });
  for (let failures = 0; failures < 5_000; failures++) backoff.failed();
  expect(backoff.remainingMs(0)).toBe(0);
});

test("a fake clock advances by a finite time", async () => {
  using clock = fakeClock();
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, "5" as never]) {
    expect((await failure(clock.advance(ms))).details.option).toBe("ms");
  }
});
