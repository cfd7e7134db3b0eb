import { RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor, Next } from "@aster/rpc/interceptor";
import { type FakeClock, fakeClock } from "@aster/rpc/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  CircuitBreakerInterceptor,
  type CircuitBreakerOptions,
  type CircuitChange,
  circuitBreaker,
} from "../src/circuit-breaker.ts";
import { fakeCall } from "./fake-call.ts";
import { answers, gate, methodNames, openPatterns, places } from "./patterns.ts";

const { UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED, NOT_FOUND } = StatusCode;
const ok: Next = async () => "answer";
const failing =
  (code: number = UNAVAILABLE): Next =>
  () =>
    Promise.reject(new RpcError(code, "down"));
const open = { code: UNAVAILABLE, rawMessage: "circuit breaker is open" };
const halfOpen = { code: UNAVAILABLE, rawMessage: "circuit breaker is half-open" };

let clock: FakeClock;
let changes: string[];
beforeEach(() => {
  clock = fakeClock();
  changes = [];
});
afterEach(() => clock[Symbol.dispose]());

function breaker(options: CircuitBreakerOptions = {}): Interceptor {
  const onStateChange = ({ from, to }: CircuitChange) => changes.push(`${from} → ${to}`);
  return circuitBreaker({ onStateChange, ...options });
}

/** As the chain of a client calls it: what it throws rejects. */
async function run(interceptor: Interceptor, next: Next, call = fakeCall()): Promise<unknown> {
  return interceptor(call, next);
}

async function fail(interceptor: Interceptor, times: number, code?: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await expect(run(interceptor, failing(code))).rejects.toThrow("down");
  }
}

test("refuses calls after five failures in a row, with the time that is left", async () => {
  const interceptor = breaker();
  await fail(interceptor, 4);
  expect(changes).toEqual([]);
  await fail(interceptor, 1);
  expect(changes).toEqual(["closed → open"]);
  await clock.advance(1_200);
  let called = false;
  const call = run(interceptor, async () => {
    called = true;
  });
  await expect(call).rejects.toMatchObject({
    ...open,
    details: { reason: "circuit.open", retryAfterMs: "3800", "aster-retry-pushback-ms": "-1" },
  });
  expect(called).toBe(false);
});

test("has a class form", async () => {
  const interceptor = new CircuitBreakerInterceptor({ failureThreshold: 1 });
  await fail(interceptor, 1);
  await expect(run(interceptor, ok)).rejects.toMatchObject(open);
});

test("a success between failures starts the count again", async () => {
  const interceptor = breaker({ failureThreshold: 2 });
  await fail(interceptor, 1);
  await run(interceptor, ok);
  await fail(interceptor, 1);
  expect(changes).toEqual([]);
  await fail(interceptor, 1);
  expect(changes).toEqual(["closed → open"]);
});

test.each([UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN])(
  "code %i is a failure",
  async (code) => {
    const interceptor = breaker({ failureThreshold: 1 });
    await fail(interceptor, 1, code);
    expect(changes).toEqual(["closed → open"]);
  },
);

test("other codes are answers, and a cancelled call counts as nothing", async () => {
  const interceptor = breaker({ failureThreshold: 2 });
  await fail(interceptor, 1);
  await fail(interceptor, 3, CANCELLED);
  await fail(interceptor, 1);
  expect(changes).toEqual(["closed → open"]);
  const other = breaker({ failureThreshold: 2, failureCodes: [NOT_FOUND] });
  changes = [];
  await fail(other, 1, NOT_FOUND);
  await fail(other, 1, UNAVAILABLE);
  await fail(other, 1, NOT_FOUND);
  expect(changes).toEqual([]);
});

describe("after the time of an open circuit", () => {
  async function opened(options: CircuitBreakerOptions = {}): Promise<Interceptor> {
    const interceptor = breaker({ failureThreshold: 1, openMs: 1_000, ...options });
    await fail(interceptor, 1);
    await clock.advance(1_000);
    changes = [];
    return interceptor;
  }

  test("one call is the probe, and others are refused while it runs", async () => {
    const interceptor = await opened();
    const { open: done, release } = gate();
    const probe = run(interceptor, () => done);
    await expect(run(interceptor, ok)).rejects.toMatchObject({
      ...halfOpen,
      details: { reason: "circuit.half-open", retryAfterMs: "0" },
    });
    release();
    await probe;
    expect(changes).toEqual(["open → half-open", "half-open → closed"]);
    expect(await run(interceptor, ok)).toBe("answer");
  });

  test("a failing probe opens the circuit again", async () => {
    const interceptor = await opened();
    await fail(interceptor, 1);
    expect(changes).toEqual(["open → half-open", "half-open → open"]);
    await clock.advance(999);
    await expect(run(interceptor, ok)).rejects.toMatchObject(open);
    await clock.advance(1);
    expect(await run(interceptor, ok)).toBe("answer");
  });

  test("a probe that is cancelled frees its place", async () => {
    const interceptor = await opened();
    await fail(interceptor, 1, CANCELLED);
    expect(changes).toEqual(["open → half-open"]);
    expect(await run(interceptor, ok)).toBe("answer");
    expect(changes).toEqual(["open → half-open", "half-open → closed"]);
  });

  test("a probe whose signal fires frees its place, whatever the inner code does", async () => {
    const interceptor = await opened();
    const cancel = new AbortController();
    void run(interceptor, () => new Promise(() => {}), fakeCall({ signal: cancel.signal }));
    await expect(run(interceptor, ok)).rejects.toMatchObject(halfOpen);
    cancel.abort();
    expect(await run(interceptor, ok)).toBe("answer");
  });

  test("calls from before count as nothing", async () => {
    const interceptor = breaker({ failureThreshold: 1, openMs: 1_000 });
    const [good, bad] = [gate(), gate()];
    const calls = [
      run(interceptor, () => good.open),
      run(interceptor, () => bad.open.then(() => failing()(fakeCall()))),
    ];
    await fail(interceptor, 1);
    good.release();
    await calls[0];
    await expect(run(interceptor, ok)).rejects.toMatchObject(open);
    await clock.advance(900);
    bad.release();
    await expect(calls[1]).rejects.toThrow("down");
    await clock.advance(100);
    expect(await run(interceptor, ok)).toBe("answer");
  });

  test("the first message of a stream closes the circuit, and its failure counts at its end", async () => {
    const interceptor = await opened();
    async function* stream() {
      yield 1;
      yield 2;
      throw new RpcError(UNAVAILABLE, "down");
    }
    const messages = (await run(
      interceptor,
      async () => stream(),
      fakeCall({ pattern: "server_stream" }),
    )) as AsyncIterableIterator<number>;
    await expect(run(interceptor, ok)).rejects.toMatchObject(halfOpen);
    expect(await messages.next()).toEqual({ done: false, value: 1 });
    expect(changes).toEqual(["open → half-open", "half-open → closed"]);
    await messages.next();
    await expect(messages.next()).rejects.toThrow("down");
    expect(changes.slice(2)).toEqual(["closed → open"]);
  });
});

test("counts per peer and method, or by another scope or key", async () => {
  const others = [fakeCall({ peer: "cd".repeat(32) }), fakeCall({ method: "other" })];
  const byMethod = breaker({ failureThreshold: 1 });
  await fail(byMethod, 1);
  await expect(run(byMethod, ok)).rejects.toMatchObject(open);
  for (const call of others) expect(await run(byMethod, ok, call)).toBe("answer");
  const byPeer = breaker({ failureThreshold: 1, scope: "peer" });
  await fail(byPeer, 1);
  expect(await run(byPeer, ok, others[0])).toBe("answer");
  await expect(run(byPeer, ok, others[1])).rejects.toMatchObject(open);
  const byKey = breaker({ failureThreshold: 1, key: ({ service }) => service });
  await fail(byKey, 1);
  await expect(run(byKey, ok, others[0])).rejects.toMatchObject(open);
});

test("keeps no more keys than it may, and keeps open circuits", async () => {
  const interceptor = breaker({ failureThreshold: 1, maxKeys: 2 });
  const of = (method: string) => fakeCall({ method });
  for (const method of ["a", "b", "c"]) {
    await expect(run(interceptor, failing(), of(method))).rejects.toThrow("down");
  }
  await expect(run(interceptor, ok, of("a"))).rejects.toMatchObject(open);
  await expect(run(interceptor, ok, of("b"))).rejects.toMatchObject(open);
  expect(await run(interceptor, ok, of("c"))).toBe("answer");
  // an open circuit whose time is over makes room
  await clock.advance(5_000);
  await expect(run(interceptor, failing(), of("c"))).rejects.toThrow("down");
  await expect(run(interceptor, ok, of("c"))).rejects.toMatchObject(open);
});

test("tells the call and the error that changed the state; errors of the callback are ignored", async () => {
  const seen: CircuitChange[] = [];
  const interceptor = circuitBreaker({
    failureThreshold: 1,
    onStateChange(change) {
      seen.push(change);
      throw new Error("log full");
    },
  });
  await fail(interceptor, 1);
  const { peer, service, method } = fakeCall();
  expect(seen).toEqual([
    { from: "closed", to: "open", peer, service, method, error: expect.any(RpcError) },
  ]);
});

test.each([
  ["failureThreshold must be an integer", { failureThreshold: 0 }],
  ["openMs must be a positive number", { openMs: 0 }],
  ["maxKeys must be an integer", { maxKeys: 0.5 }],
  ["failureCodes must be a list", { failureCodes: [0] as never }],
  ["failureCodes must be a list", { failureCodes: 14 as never }],
  ["onStateChange must be a function", { onStateChange: "log" as never }],
  ["scope must be", { scope: "host" as never }],
  ["scope must be", { scope: [] }],
  ["scope must be left out", { scope: "peer", key: () => "" } as const],
  ["key must be a function", { key: "peer" as never }],
  ["unknown option failures;", { failures: 3 } as never],
])("refuses options: %s", (text, options: CircuitBreakerOptions) => {
  expect(() => circuitBreaker(options)).toThrow(text);
});

describe.each(places)("over $transport, in a $calls", (place) => {
  test.each(methodNames)("opens and closes for %s", async (method) => {
    let down = true;
    let handled = 0;
    const work = (): void => {
      handled++;
      if (down) throw new RpcError(UNAVAILABLE, "down");
    };
    const interceptor = breaker({ failureThreshold: 3 });
    await using patterns = await openPatterns({ ...place, work, client: [interceptor] });
    for (let i = 0; i < 3; i++) await expect(patterns.call(method)).rejects.toThrow("down");
    await expect(patterns.call(method)).rejects.toMatchObject(open);
    expect(handled).toBe(3);
    down = false;
    await clock.advance(5_000);
    expect(await patterns.call(method)).toEqual(answers[method]);
    expect(await patterns.call(method)).toEqual(answers[method]);
    expect(changes).toEqual(["closed → open", "open → half-open", "half-open → closed"]);
  });

  test("counts deadlines, and not the calls that their caller cancels", async () => {
    const work = (_: string, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    const interceptor = breaker({ failureThreshold: 1 });
    await using patterns = await openPatterns({ ...place, work, client: [interceptor] });
    const cancel = new AbortController();
    const cancelled = patterns.call("one", { signal: cancel.signal });
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ code: CANCELLED });
    expect(changes).toEqual([]);
    const late = patterns.call("one", { timeoutMs: 200 });
    late.catch(() => {});
    await clock.advance(200);
    await expect(late).rejects.toMatchObject({ code: DEADLINE_EXCEEDED });
    expect(changes).toEqual(["closed → open"]);
  });
});
