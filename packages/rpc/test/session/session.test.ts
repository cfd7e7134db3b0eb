import { type Session, StatusCode } from "@aster/rpc";
import { fakeClock } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { type ConnectedPair, ways } from "../support/pairs.ts";
import { Journal } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

const tick = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const numbers = (stream: AsyncIterable<{ n: number }>): Promise<number[]> =>
  all(stream).then((items) => items.map(({ n }) => n));

/** Text that does not compress well. */
function noise(chars: number): string {
  let text = "";
  while (text.length < chars) text += Math.random().toString(36).slice(2);
  return text;
}

interface Opened extends AsyncDisposable {
  readonly journal: Journal;
  readonly pair: ConnectedPair;
  readonly session: Session<typeof Tally>;
  open(): Promise<Session<typeof Tally>>;
}

describe.each(ways)("$title", ({ pair: kind, mode }) => {
  async function opened(limits = {}, cancelTimeoutMs = 5_000): Promise<Opened> {
    const journal = new Journal();
    const pair = await kind.open({ services: [tally(journal)], limits, onError: () => {} });
    const open = () => pair.session(Tally, { serialization: mode, cancelTimeoutMs });
    return {
      journal,
      pair,
      session: await open(),
      open,
      [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
    };
  }

  async function atRest({ pair }: Opened, sessions = 0): Promise<void> {
    await expect.poll(() => pair.server.stats()).toMatchObject({ calls: 0, sessions });
  }

  test("all four patterns use one state", async () => {
    await using at = await opened();
    const { session } = at;
    expect(await session.add({ n: 2 })).toMatchObject({ n: 2 });
    expect(await session.sum([{ n: 3 }, { n: 4 }])).toMatchObject({ n: 9 });
    expect(await numbers(session.chat([{ n: 1 }, { n: 1 }]))).toEqual([10, 11]);
    expect(await numbers(session.count({ n: 3 }))).toEqual([0, 1, 2]);
    expect(await numbers(session.count({ n: 0 }))).toEqual([]);
    expect(await session.sum([])).toMatchObject({ n: 11 });
    expect(await numbers(session.chat([]))).toEqual([]);
    expect(await session.add({ n: 1 })).toMatchObject({ n: 12 });
    expect(at.pair.server.stats()).toMatchObject({ sessions: 1, calls: 0 });
  });

  test("sessions have separate states", async () => {
    await using at = await opened();
    const other = await at.open();
    await at.session.add({ n: 5 });
    expect(await other.add({ n: 1 })).toMatchObject({ n: 1 });
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 6 });
    await other.close();
    await at.journal.wrote("closed with 1 in 2");
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 7 });
  });

  test("a call has metadata and a deadline, and its handler the peer", async () => {
    await using at = await opened();
    const options = { metadata: { a: "1" }, timeoutMs: 5_000 };
    const seen = JSON.parse((await at.session.who({ text: "x" }, options)).text);
    expect(seen).toMatchObject({ text: "x", same: true, method: "who", metadata: [["a", "1"]] });
    expect(seen.remainingMs).toBeGreaterThan(1_000);
    const plain = JSON.parse((await at.session.who({ text: "y" })).text);
    expect(plain).toMatchObject({ text: "y", metadata: [], remainingMs: null });
  });

  test("a failed handler leaves the state and the session intact", async () => {
    await using at = await opened();
    await at.session.add({ n: 1 });
    expect(await failure(at.session.fail({ n: 1 }))).toMatchObject({
      code: StatusCode.ABORTED,
      rawMessage: "boom",
      details: { n: "1" },
    });
    const crash = await failure(at.session.crash({ n: 1 }));
    expect(crash.code).toBe(StatusCode.INTERNAL);
    expect(crash.rawMessage).toMatch(/^internal error \[[0-9a-f]{16}\]$/);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 3 });
  });

  test("concurrent calls run one after the other, in order", async () => {
    await using at = await opened();
    const calls = Array.from({ length: 50 }, (_, n) => at.session.add({ n }));
    const stream = numbers(at.session.count({ n: 3 }));
    const last = at.session.add({ n: 0 });
    const totals = (await Promise.all(calls)).map(({ n }) => n);
    expect(totals).toEqual(Array.from({ length: 50 }, (_, n) => (n * (n + 1)) / 2));
    expect(await stream).toEqual([0, 1, 2]);
    expect(await last).toMatchObject({ n: 1225 });
  });

  test("a bidi stream delivers a reply before the next request", async () => {
    await using at = await opened();
    let replies = 0;
    async function* requests() {
      for (let n = 1; n <= 5; n++) {
        yield { n: 1 };
        while (replies < n) await tick(1);
      }
    }
    for await (const { n } of at.session.chat(requests())) {
      replies += 1;
      expect(n).toBe(replies);
    }
    expect(replies).toBe(5);
  });

  test("a slow reader pauses the generator", async () => {
    await using at = await opened();
    const stream = at.session.endless({ n: 0, payload: noise(10_000) });
    await stream.next();
    await tick(200);
    await stream.return?.();
    await at.journal.wrote("endless over 1");
    const produced = Number(at.journal.lines.at(-1)?.split(" ")[1]);
    expect(produced).toBeLessThan(2_000);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
  });

  test.each(["break", "signal", "deadline"])(
    "a stream ended by %s leaves the session usable",
    async (how) => {
      await using at = await opened();
      const canceller = new AbortController();
      const options = {
        ...(how === "signal" ? { signal: canceller.signal } : {}),
        ...(how === "deadline" ? { timeoutMs: 200 } : {}),
      };
      const reading = (async () => {
        for await (const { n } of at.session.endless({ n: 1 }, options)) {
          if (n < 3) continue;
          if (how === "break") break;
          canceller.abort();
        }
      })();
      if (how === "break") await reading;
      else {
        const code = how === "signal" ? StatusCode.CANCELLED : StatusCode.DEADLINE_EXCEEDED;
        expect(await failure(reading)).toMatchObject({ code });
      }
      expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
      expect(at.journal.lines).toContain("endless over 1");
    },
  );

  test.each(["signal", "deadline"])(
    "a unary call ended by %s leaves the session usable",
    async (how) => {
      await using at = await opened();
      const signal = AbortSignal.timeout(50);
      const call = at.session.sleep(
        { n: 5_000 },
        how === "signal" ? { signal } : { timeoutMs: 50 },
      );
      expect((await failure(call)).code).toBe(StatusCode.DEADLINE_EXCEEDED);
      await at.journal.wrote("sleep over 1");
      expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
      expect(await at.session.add({ n: 1 })).toMatchObject({ n: 2 });
      await atRest(at, 1);
    },
  );

  test("cancelling streams of requests leaves the session usable", async () => {
    await using at = await opened();
    for (const method of ["sum", "chat"] as const) {
      const canceller = new AbortController();
      async function* requests() {
        yield { n: 1 };
        await tick(30);
        canceller.abort();
        yield { n: 1 };
        await new Promise(() => {});
      }
      const options = { signal: canceller.signal };
      const call =
        method === "sum"
          ? at.session.sum(requests(), options)
          : numbers(at.session.chat(requests(), options));
      expect(await failure(call)).toMatchObject({ code: StatusCode.CANCELLED });
      await at.journal.wrote(`${method} over 1`);
    }
    expect((await at.session.add({ n: 0 })).n).toBeGreaterThanOrEqual(2);
  });

  test("a source of requests that throws ends its call with the exception", async () => {
    await using at = await opened();
    const why = new RangeError("no more");
    async function* requests() {
      yield { n: 1 };
      throw why;
    }
    await expect(at.session.sum(requests())).rejects.toBe(why);
    await at.journal.wrote("sum over 1");
    expect((await at.session.add({ n: 0 })).n).toBeLessThanOrEqual(1);
  });

  test("the next call waits until the handler of a cancelled one has returned", async () => {
    await using at = await opened();
    const error = await failure(at.session.deaf({ n: 300 }, { timeoutMs: 30 }));
    expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(at.pair.calls()).toBe(1);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
    expect(at.journal.lines).toContain("deaf over 1");
  });

  test("a waiting call that is cancelled sends nothing", async () => {
    await using at = await opened();
    const canceller = new AbortController();
    const running = at.session.sleep({ n: 200 });
    const late = failure(at.session.add({ n: 1 }, { timeoutMs: 50 }));
    const given = failure(at.session.add({ n: 1 }, { signal: canceller.signal }));
    const stream = failure(all(at.session.count({ n: 1 }, { signal: canceller.signal })));
    const sum = failure(at.session.sum([{ n: 1 }], { signal: canceller.signal }));
    await tick();
    canceller.abort();
    expect((await given).code).toBe(StatusCode.CANCELLED);
    expect((await stream).code).toBe(StatusCode.CANCELLED);
    expect((await sum).code).toBe(StatusCode.CANCELLED);
    expect((await late).code).toBe(StatusCode.DEADLINE_EXCEEDED);
    await running;
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
    expect(at.pair.server.stats().callsTotal).toBe(2);
  });

  test("a stream that ends before its requests do leaves the session usable", async () => {
    await using at = await opened();
    async function* requests() {
      for (let n = 0; n < 1_000; n++) {
        yield { n };
        if (n % 100 === 0) await tick(1);
      }
    }
    expect(await numbers(at.session.first(requests()))).toEqual([0]);
    expect(await at.session.add({ n: 1 })).toMatchObject({ n: 1 });
  });

  test("close calls onSessionClose once", async () => {
    await using at = await opened();
    await at.session.add({ n: 4 });
    await at.session.close();
    await at.session.close();
    expect(await at.session.closed).toBeUndefined();
    await at.journal.wrote("closed with 4 in 1");
    const error = await failure(at.session.add({ n: 1 }));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect((await failure(all(at.session.count({ n: 1 })))).code).toBe(
      StatusCode.FAILED_PRECONDITION,
    );
    await atRest(at);
    expect(at.journal.lines.filter((line) => line.startsWith("closed"))).toHaveLength(1);
  });

  test("await using closes the session", async () => {
    await using at = await opened();
    {
      await using session = await at.open();
      await session.add({ n: 1 });
    }
    await at.journal.wrote("closed with 1 in 2");
  });

  test("close ends running and waiting calls", async () => {
    await using at = await opened();
    const running = failure(at.session.sleep({ n: 5_000 }));
    const waiting = failure(at.session.add({ n: 1 }));
    await at.journal.wrote("sleep began 1");
    await at.session.close();
    expect((await running).code).toBe(StatusCode.CANCELLED);
    expect((await waiting).code).toBe(StatusCode.CANCELLED);
    await at.journal.wrote("sleep over 1");
    await at.journal.wrote("closed with 0 in 1");
    expect(at.journal.lines).toEqual([
      "opened 1",
      "sleep began 1",
      "sleep over 1",
      "closed with 0 in 1",
    ]);
    await atRest(at);
  });

  test("a lost connection ends running and waiting calls, and calls onSessionClose once", async () => {
    await using at = await opened();
    const running = failure(all(at.session.endless({ n: 5 })));
    const waiting = failure(at.session.add({ n: 1 }));
    await at.journal.wrote("endless began 1");
    at.pair.disconnect();
    expect((await running).code).toBe(StatusCode.UNAVAILABLE);
    expect((await waiting).code).toBe(StatusCode.UNAVAILABLE);
    expect(await at.session.closed).toMatchObject({ code: StatusCode.UNAVAILABLE });
    expect((await failure(at.session.add({ n: 1 }))).code).toBe(StatusCode.FAILED_PRECONDITION);
    await at.journal.wrote("endless over 1");
    await at.journal.wrote("closed with 0 in 1");
    await atRest(at);
    expect(at.journal.lines.filter((line) => line.startsWith("closed"))).toHaveLength(1);
  });

  test("a drain closes sessions, after their running call", async () => {
    await using at = await opened();
    const idle = await at.open();
    await idle.add({ n: 7 });
    const running = at.session.sleep({ n: 150 });
    await at.journal.wrote("sleep began 1");
    const drained = at.pair.server.drain({ graceMs: 5_000 });
    expect(await idle.closed).toMatchObject({ code: StatusCode.UNAVAILABLE });
    await at.journal.wrote("closed with 7 in 2");
    expect(await running).toMatchObject({ n: 150 });
    expect(await drained).toBe(true);
    expect(at.journal.lines.filter((line) => line.startsWith("closed"))).toHaveLength(2);
    expect(await at.session.closed).toMatchObject({ details: { reason: "draining" } });
    await atRest(at);
    const late = await at.open();
    expect(await failure(late.add({ n: 1 }))).toMatchObject({ code: StatusCode.UNAVAILABLE });
  });

  test("an idle session is closed by the server", async () => {
    using clock = fakeClock();
    await using at = await opened({ sessionIdleMs: 1_000 });
    for (let n = 0; n < 5; n++) {
      await clock.advance(400);
      await at.session.add({ n: 1 });
    }
    const sleeping = at.session.sleep({ n: 20 });
    await at.journal.wrote("sleep began 1");
    await clock.advance(5_000);
    await sleeping;
    await clock.advance(1_250);
    expect(await at.session.closed).toMatchObject({ details: { reason: "session.idle" } });
    await at.journal.wrote("closed with 5 in 1");
    expect((await failure(at.session.add({ n: 1 }))).code).toBe(StatusCode.FAILED_PRECONDITION);
    await atRest(at);
  });

  test("a connection has maxSessionsPerConnection sessions, also at the same time", async () => {
    await using at = await opened({ maxSessionsPerConnection: 10 });
    const sessions = await Promise.all(Array.from({ length: 30 }, () => at.open()));
    const results = await Promise.allSettled(sessions.map((session) => session.add({ n: 1 })));
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(21);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({
        code: StatusCode.RESOURCE_EXHAUSTED,
        details: { reason: "limit.maxSessionsPerConnection" },
      });
    }
    expect(at.pair.server.stats().sessions).toBe(10);
    await at.session.close();
    await expect.poll(() => at.pair.server.stats().sessions).toBe(9);
    expect(await (await at.open()).add({ n: 1 })).toMatchObject({ n: 1 });
  });

  test("a session ends when its server does not confirm a cancellation", async () => {
    await using at = await opened({ maxQueuedItems: 1 }, 200);
    const canceller = new AbortController();
    const call = at.session.ignore(
      Array.from({ length: 5_000 }, (_, n) => ({ n, payload: "x".repeat(1_000) })),
      { signal: canceller.signal },
    );
    const waiting = failure(at.session.add({ n: 1 }));
    await at.journal.wrote("ignore began 1");
    await tick(50);
    canceller.abort();
    expect((await failure(call)).code).toBe(StatusCode.CANCELLED);
    expect(await waiting).toMatchObject({
      code: StatusCode.UNAVAILABLE,
      details: { reason: "session.lost" },
    });
    await at.journal.wrote("ignore over 1");
    await at.journal.wrote("closed with 0 in 1");
    await atRest(at);
  });
});
