import { RpcError, StatusCode } from "@aster/rpc";
import type { InterceptedCall, Interceptor, Next } from "@aster/rpc/interceptor";
import { type FakeClock, fakeClock } from "@aster/rpc/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RateLimitInterceptor, type RateLimitOptions, rateLimit } from "../src/rate-limit.ts";
import { fakeCall } from "./fake-call.ts";
import { answers, methodNames, openPatterns, places } from "./patterns.ts";

const ok: Next = async () => "answer";
let clock: FakeClock;
beforeEach(() => {
  clock = fakeClock();
});
afterEach(() => clock[Symbol.dispose]());

async function run(interceptor: Interceptor, call: InterceptedCall = fakeCall()): Promise<unknown> {
  return interceptor(call, ok);
}

/** Makes calls until one is refused. Returns how many passed. */
async function passing(interceptor: Interceptor, call?: InterceptedCall): Promise<number> {
  for (let passed = 0; ; passed++) {
    try {
      await run(interceptor, call);
    } catch (error) {
      expect(error).toMatchObject({ code: StatusCode.RESOURCE_EXHAUSTED });
      return passed;
    }
  }
}

test("refuses calls above the rate, and tells when to come back", async () => {
  const interceptor = rateLimit({ ratePerSecond: 4, burst: 2 });
  expect(await passing(interceptor)).toBe(2);
  await clock.advance(100);
  await expect(run(interceptor)).rejects.toMatchObject({
    code: StatusCode.RESOURCE_EXHAUSTED,
    rawMessage: "Rate limit exceeded (4/s per global)",
    details: { reason: "limit.rate", retryAfterMs: "150", "aster-retry-pushback-ms": "150" },
  });
  await clock.advance(150);
  expect(await passing(interceptor)).toBe(1);
  await clock.advance(60_000);
  expect(await passing(interceptor)).toBe(2);
});

test("passes exactly the rate in the long run", async () => {
  const interceptor = rateLimit({ ratePerSecond: 3, burst: 3 });
  let passed = await passing(interceptor);
  for (let ms = 0; ms < 10_000; ms += 50) {
    await clock.advance(50);
    passed += await passing(interceptor);
  }
  expect(passed).toBe(33);
});

test("the burst is the calls of a second by default, and at least one", async () => {
  expect(await passing(rateLimit())).toBe(100);
  expect(await passing(rateLimit({ ratePerSecond: 0.5 }))).toBe(1);
  for (let i = 0; i < 1_000; i++) await run(rateLimit({ ratePerSecond: Number.POSITIVE_INFINITY }));
});

test("a wait of more than a minute is too long for retries", async () => {
  const interceptor = rateLimit({ ratePerSecond: 0.01 });
  await run(interceptor);
  await expect(run(interceptor)).rejects.toMatchObject({
    details: { retryAfterMs: "100000", "aster-retry-pushback-ms": "-1" },
  });
});

test("has a class form", async () => {
  expect(await passing(new RateLimitInterceptor({ ratePerSecond: 1, burst: 3 }))).toBe(3);
});

test.each([
  ["global", [false, false, false]],
  ["service", [true, false, false]],
  ["method", [true, true, false]],
  ["peer", [false, false, true]],
  [
    ["peer", "service"],
    [true, false, true],
  ],
  [
    ["peer", "method"],
    [true, true, true],
  ],
] as const)("limits per %s", async (scope, separate) => {
  const interceptor = rateLimit({ ratePerSecond: 1, scope });
  await run(interceptor);
  const others = [{ service: "Other" }, { method: "other" }, { peer: "cd".repeat(32) }];
  for (const [i, change] of others.entries()) {
    expect(await passing(interceptor, fakeCall(change))).toBe(separate[i] ? 1 : 0);
  }
  const title = typeof scope === "string" ? scope : scope.join(" and ");
  await expect(run(interceptor)).rejects.toThrow(`Rate limit exceeded (1/s per ${title})`);
});

test("limits per key", async () => {
  const interceptor = rateLimit({ ratePerSecond: 1, key: ({ method }) => method.slice(0, 1) });
  await run(interceptor, fakeCall({ method: "read" }));
  await run(interceptor, fakeCall({ method: "write" }));
  await expect(run(interceptor, fakeCall({ method: "rest" }))).rejects.toThrow("(1/s per key)");
});

test("many keys do not give a peer new buckets", async () => {
  const interceptor = rateLimit({ ratePerSecond: 1, burst: 2, scope: "peer", maxKeys: 50 });
  const of = (i: number) => fakeCall({ peer: `${i}` });
  expect(await passing(interceptor, of(0))).toBe(2);
  for (let i = 1; i < 50; i++) expect(await passing(interceptor, of(i))).toBe(2);
  // further keys share one bucket while all others are in use
  expect(await passing(interceptor, of(50))).toBe(2);
  for (let i = 51; i < 500; i++) expect(await passing(interceptor, of(i))).toBe(0);
  expect(await passing(interceptor, of(0))).toBe(0);
  // full buckets make room
  await clock.advance(2_000);
  for (let i = 500; i < 540; i++) expect(await passing(interceptor, of(i))).toBe(2);
});

describe("in the mode wait", () => {
  const waiting = (options: RateLimitOptions = {}) =>
    rateLimit({ ratePerSecond: 10, burst: 1, mode: "wait", ...options });

  test("calls wait for their turn, in order", async () => {
    const interceptor = waiting();
    const done: string[] = [];
    const calls = ["a", "b", "c"].map(async (name) => {
      await run(interceptor);
      done.push(`${name} ${clock.now - startedAt}`);
    });
    const startedAt = clock.now;
    await clock.advance(250);
    await Promise.all(calls);
    expect(done).toEqual(["a 0", "b 100", "c 200"]);
    expect(clock.timers).toBe(0);
  });

  test("a call that would wait past its deadline is refused at once", async () => {
    const interceptor = waiting();
    await run(interceptor);
    const within = run(interceptor, fakeCall({ deadlineAt: clock.now + 150 }));
    await expect(run(interceptor, fakeCall({ deadlineAt: clock.now + 150 }))).rejects.toMatchObject(
      {
        code: StatusCode.RESOURCE_EXHAUSTED,
        details: { retryAfterMs: "200" },
      },
    );
    await clock.advance(100);
    expect(await within).toBe("answer");
  });

  test("a call that ends gives its turn to the next one", async () => {
    const interceptor = waiting();
    await run(interceptor);
    const cancels = [new AbortController(), new AbortController()];
    const leaving = cancels.map(({ signal }) => run(interceptor, fakeCall({ signal })));
    const last = run(interceptor);
    await clock.advance(50);
    const reason = new RpcError(StatusCode.CANCELLED, "left");
    for (const cancel of cancels) cancel.abort(reason);
    for (const call of leaving) await expect(call).rejects.toMatchObject({ code: 1 });
    await clock.advance(50);
    expect(await last).toBe("answer");
    expect(clock.timers).toBe(0);
  });

  test("the queue is bounded", async () => {
    const interceptor = waiting({ maxQueue: 2 });
    await run(interceptor);
    const queued = [run(interceptor), run(interceptor)];
    await expect(run(interceptor)).rejects.toMatchObject({ code: 8 });
    await clock.advance(200);
    await Promise.all(queued);
  });
});

test.each([
  ["ratePerSecond must be a positive number", { ratePerSecond: 0 }],
  ["burst must be an integer", { burst: 0.5 }],
  ['mode must be "refuse" or "wait"', { mode: "queue" as never }],
  ["maxQueue must be an integer", { maxQueue: -1 }],
  ["maxKeys must be an integer", { maxKeys: 0 }],
  ["scope must be", { scope: ["global"] as never }],
  ["unknown option rate;", { rate: 3 } as never],
])("refuses options: %s", (text, options: RateLimitOptions) => {
  expect(() => rateLimit(options)).toThrow(text);
});

describe.each(places)("over $transport, in a $calls", (place) => {
  test.each(methodNames)(
    "a server refuses %s above the rate, before its handler",
    async (method) => {
      let handled = 0;
      const work = () => {
        handled++;
      };
      const server = [rateLimit({ ratePerSecond: 2, scope: ["peer", "method"] })];
      await using patterns = await openPatterns({ ...place, work, server });
      expect(await patterns.call(method)).toEqual(answers[method]);
      expect(await patterns.call(method)).toEqual(answers[method]);
      const refused = await patterns.call(method).catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: StatusCode.RESOURCE_EXHAUSTED,
        rawMessage: "Rate limit exceeded (2/s per peer and method)",
        details: { reason: "limit.rate", retryAfterMs: "500", "aster-retry-pushback-ms": "500" },
      });
      expect(handled).toBe(2);
      await clock.advance(500);
      expect(await patterns.call(method)).toEqual(answers[method]);
    },
  );

  test("a client waits", async () => {
    const client = [rateLimit({ ratePerSecond: 1, mode: "wait" })];
    await using patterns = await openPatterns({ ...place, client });
    const results = methodNames.map((method) => patterns.call(method));
    await clock.advance(3_000);
    expect(await Promise.all(results)).toEqual(methodNames.map((method) => answers[method]));
  });
});
