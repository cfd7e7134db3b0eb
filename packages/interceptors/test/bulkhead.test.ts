import { RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor, Next } from "@aster/rpc/interceptor";
import { fakeClock } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { BulkheadInterceptor, type BulkheadOptions, bulkhead } from "../src/bulkhead.ts";
import { fakeCall } from "./fake-call.ts";
import { answers, gate, methodNames, openPatterns, places } from "./patterns.ts";

const full = { code: StatusCode.RESOURCE_EXHAUSTED, details: { reason: "limit.bulkhead" } };
const ok: Next = async () => "answer";

async function run(interceptor: Interceptor, next: Next, call = fakeCall()): Promise<unknown> {
  return interceptor(call, next);
}

test("bounds the calls that run, and refuses others", async () => {
  const interceptor = bulkhead({ maxConcurrent: 2 });
  const { open, release } = gate();
  const running = [run(interceptor, () => open), run(interceptor, () => open)];
  await expect(run(interceptor, ok)).rejects.toMatchObject({
    ...full,
    rawMessage: "Bulkhead full (2 calls run per global)",
  });
  release();
  await Promise.all(running);
  expect(await run(interceptor, ok)).toBe("answer");
});

test("calls wait in their order, in a bounded queue", async () => {
  const interceptor = bulkhead({ maxConcurrent: 1, maxQueue: 2, scope: "method" });
  const gates = [gate(), gate(), gate()];
  const begun: number[] = [];
  const calls = gates.map(({ open }, i) =>
    run(interceptor, () => {
      begun.push(i);
      return open;
    }),
  );
  await expect(run(interceptor, ok)).rejects.toThrow(
    "Bulkhead full (1 calls run and 2 wait per method)",
  );
  expect(await run(interceptor, ok, fakeCall({ method: "other" }))).toBe("answer");
  for (const [i, { release }] of gates.entries()) {
    await expect.poll(() => begun).toEqual([0, 1, 2].slice(0, i + 1));
    release();
    await calls[i];
  }
});

test("a call that ends leaves the queue", async () => {
  const interceptor = bulkhead({ maxConcurrent: 1, maxQueue: 1 });
  const { open, release } = gate();
  const running = run(interceptor, () => open);
  const cancel = new AbortController();
  const waiting = run(interceptor, ok, fakeCall({ signal: cancel.signal }));
  cancel.abort(new RpcError(StatusCode.CANCELLED, "left"));
  await expect(waiting).rejects.toMatchObject({ code: StatusCode.CANCELLED });
  const next = run(interceptor, ok);
  release();
  await running;
  expect(await next).toBe("answer");
  const gone = run(interceptor, ok, fakeCall({ signal: AbortSignal.abort() }));
  await gone.catch(() => {});
  expect(await run(interceptor, ok)).toBe("answer");
});

test("a failed call gives its place back", async () => {
  const interceptor = new BulkheadInterceptor({ maxConcurrent: 1 });
  const failing = () => Promise.reject(new Error("failed"));
  await expect(run(interceptor, failing)).rejects.toThrow("failed");
  await expect(run(interceptor, failing)).rejects.toThrow("failed");
});

test.each([
  ["maxConcurrent must be an integer", {} as never],
  ["maxConcurrent must be an integer", { maxConcurrent: 0 }],
  ["maxQueue must be an integer", { maxConcurrent: 1, maxQueue: -1 }],
  ["scope must be", { maxConcurrent: 1, scope: "all" as never }],
  ["unknown option max;", { maxConcurrent: 1, max: 3 } as never],
])("refuses options: %s", (text, options: BulkheadOptions) => {
  expect(() => bulkhead(options)).toThrow(text);
});

describe.each(places)("over $transport, in a $calls", (place) => {
  test.each(methodNames)("%s holds its place until its end, on both sides", async (method) => {
    for (const side of ["client", "server"] as const) {
      let { open, release } = gate();
      const begun: string[] = [];
      const work = (name: string) => {
        begun.push(name);
        return open;
      };
      const interceptor = bulkhead({ maxConcurrent: 1, maxQueue: 1 });
      await using patterns = await openPatterns({ ...place, work, [side]: [interceptor] });
      // calls of one session do not overlap, so each call has a session of its own
      const [second, third] = [await patterns.another(), await patterns.another()];
      const first = patterns.call(method);
      await expect.poll(() => begun.length).toBe(1);
      const waiting = second.call(method);
      if (side === "server") await expect.poll(() => patterns.pair.server.stats().calls).toBe(2);
      await expect(third.call(method)).rejects.toMatchObject(full);
      expect(begun.length).toBe(1);
      release();
      expect(await first).toEqual(answers[method]);
      expect(await waiting).toEqual(answers[method]);
      // all places are free again
      ({ open, release } = gate());
      release();
      expect(await third.call(method)).toEqual(answers[method]);
      expect(begun).toEqual([method, method, method]);
    }
  });

  test("a call that is cancelled or late leaves the queue", async () => {
    using clock = fakeClock();
    const { open, release } = gate();
    let begun = 0;
    const work = () => {
      begun++;
      return open;
    };
    const client = [bulkhead({ maxConcurrent: 1, maxQueue: 5 })];
    await using patterns = await openPatterns({ ...place, work, client });
    const first = patterns.call("one");
    await expect.poll(() => begun).toBe(1);
    const cancel = new AbortController();
    const waiting = methodNames.map((method, i) =>
      patterns.call(method, i % 2 === 0 ? { signal: cancel.signal } : { timeoutMs: 100 }),
    );
    const ends = Promise.allSettled(waiting);
    cancel.abort();
    await clock.advance(100);
    expect(await ends).toMatchObject([1, 4, 1, 4].map((code) => ({ reason: { code } })));
    release();
    expect(await first).toEqual(["a"]);
    expect(await patterns.call("many")).toEqual(answers.many);
    expect(begun).toBe(2);
  });

  test.each(methodNames)(
    "on a server, %s holds its place until its handler returns",
    async (method) => {
      const { open, release } = gate();
      let begun = 0;
      const work = () => {
        begun++;
        return open;
      };
      const server = [bulkhead({ maxConcurrent: 1 })];
      await using patterns = await openPatterns({ ...place, work, server });
      const other = await patterns.another();
      const cancel = new AbortController();
      const call = patterns.call(method, { signal: cancel.signal });
      await expect.poll(() => begun).toBe(1);
      cancel.abort();
      await expect(call).rejects.toMatchObject({ code: StatusCode.CANCELLED });
      await expect(other.call(method)).rejects.toMatchObject(full);
      release();
      await expect
        .poll(() => other.call(method).catch((error: unknown) => error))
        .toEqual(answers[method]);
    },
  );
});
