// The fake clock of this package, and the fake timers of vitest.
import { AsterClient, createLocalClient, RpcError, StatusCode } from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clearTimer, epochMs, now, setTimer } from "../../src/time/clock.ts";
import { Journal, Probe, probe } from "../support/probe.ts";
import { revivable } from "../support/revivable.ts";
import { Tally, tally } from "../support/session-probe.ts";

const LONG_MS = 3_600_000;

/** The end of a call, after it has ended. */
function ending(work: Promise<unknown>): { code?: number } {
  const told: { code?: number } = {};
  work.then(
    () => {
      told.code = StatusCode.OK;
    },
    (error: RpcError) => {
      told.code = error.code;
    },
  );
  return told;
}

describe("a fake clock", () => {
  test("stands still, advances by a given time, and fires timers in order", async () => {
    using clock = fakeClock({ epochMs: 1_000_000 });
    const began = now();
    expect([clock.now, clock.epochMs]).toEqual([began, 1_000_000]);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name} at ${now() - began}`);
    setTimer(note("second"), 20);
    setTimer(note("first"), 10);
    setTimer(note("third"), 20);
    const cleared = setTimer(note("cleared"), 15);
    setTimer(() => setTimer(note("nested"), 5), 10);
    clearTimer(cleared);
    clearTimer(undefined);
    expect(clock.timers).toBe(4);
    await clock.advance(15);
    expect(fired).toEqual(["first at 10", "nested at 15"]);
    expect(epochMs()).toBe(1_000_015);
    await clock.advance(LONG_MS);
    expect(fired).toEqual(["first at 10", "nested at 15", "second at 20", "third at 20"]);
    expect(now() - began).toBe(LONG_MS + 15);
    expect(clock.timers).toBe(0);
    await expect(clock.advance(-1)).rejects.toBeInstanceOf(RpcError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(/INVALID_ARGUMENT/);
  });

  test("restores the real time, in which pending timers continue", async () => {
    let fired = 0;
    {
      using clock = fakeClock({ epochMs: 0 });
      setTimer(() => {
        fired += 1;
      }, LONG_MS);
      const cleared = setTimer(() => {
        fired += 100;
      }, LONG_MS);
      await clock.advance(LONG_MS - 5);
      clock[Symbol.dispose]();
      clearTimer(cleared);
    }
    expect(Math.abs(now() - performance.now())).toBeLessThan(1_000);
    expect(Math.abs(epochMs() - Date.now())).toBeLessThan(1_000);
    await expect.poll(() => fired).toBe(1);
  });

  test("replaces one that was not disposed", async () => {
    const forgotten = fakeClock({ epochMs: 5 });
    using clock = fakeClock({ epochMs: 7 });
    forgotten[Symbol.dispose]();
    expect(epochMs()).toBe(7);
    await clock.advance(1);
    expect(epochMs()).toBe(8);
    expect(forgotten.epochMs).toBe(5);
  });

  test("keeps deadlines that were set before, during and after its time", async () => {
    const client = createLocalClient(Probe, new Server({ services: [probe()] }));
    // leaves a timer for a later time in the timer wheel
    await client.echo({}, { timeoutMs: 60_000 });
    {
      using clock = fakeClock();
      const late = ending(client.sleep({ n: LONG_MS }, { timeoutMs: 1_001 }));
      await clock.advance(1_000);
      expect(late.code).toBeUndefined();
      await clock.advance(1);
      expect(late.code).toBe(StatusCode.DEADLINE_EXCEEDED);
      await client.echo({}, { timeoutMs: 10 });
    }
    const late = client.sleep({ n: LONG_MS }, { timeoutMs: 30 });
    await expect(late).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  });

  test.each(["memory", "quic"] as const)(
    "fires a deadline of an hour over %s",
    async (transport) => {
      using clock = fakeClock();
      const journal = new Journal();
      const limits = { handlerTimeoutMs: Number.POSITIVE_INFINITY };
      await using pair = await servicePair({ services: [probe(journal)], transport, limits });
      const remote = pair.client.client(Probe);
      expect(JSON.parse((await remote.context({}, { timeoutMs: 5_000 })).text).remainingMs).toBe(
        5_000,
      );
      const late = remote.sleep({ n: LONG_MS }, { timeoutMs: LONG_MS });
      const ended = ending(late);
      await journal.wrote("sleep began");
      await clock.advance(LONG_MS - 1);
      expect(ended.code).toBeUndefined();
      await clock.advance(1);
      await expect(late).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
      await journal.wrote("sleep over");
    },
  );

  test("closes idle sessions", async () => {
    using clock = fakeClock();
    const journal = new Journal();
    await using pair = await servicePair({ services: [tally(journal)] });
    const session = await pair.client.session(Tally);
    await session.add({ n: 1 });
    const { sessionIdleMs } = pair.server.server.limits;
    await clock.advance(sessionIdleMs - 1);
    await session.add({ n: 1 });
    await clock.advance(sessionIdleMs * 1.25);
    expect(await session.closed).toMatchObject({ details: { reason: "session.idle" } });
    await journal.wrote("closed with 2 in 1");
  });

  test("advances the back-off of a reconnection", async () => {
    using clock = fakeClock();
    await using at = await revivable("memory", { services: [probe()] });
    await using client = await AsterClient.connect(at.address, {
      node: at.clientNode,
      reconnect: { jitter: 0, initialBackoffMs: 60_000, maxBackoffMs: LONG_MS },
    });
    const remote = client.client(Probe);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    await at.revive();
    const answer = ending(remote.echo({}));
    await clock.advance(59_999);
    expect([answer.code, at.dials()]).toEqual([undefined, 1]);
    await clock.advance(1);
    await expect.poll(() => answer.code).toBe(StatusCode.OK);
    expect(at.dials()).toBe(2);
  });

  test("closes servers and clients without waiting for a grace time", async () => {
    using _ = fakeClock();
    const journal = new Journal();
    const pair = await servicePair({ services: [probe(journal)] });
    const deaf = ending(pair.client.client(Probe).deaf({ n: 200 }));
    await journal.wrote("deaf began");
    await pair[Symbol.asyncDispose]();
    expect(deaf.code).toBe(StatusCode.CANCELLED);
    await journal.wrote("deaf over");
  });
});

describe("vitest's fake timers", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("move deadlines, which stay right after the real timers are back", async () => {
    const client = createLocalClient(Probe, new Server({ services: [probe()] }));
    await client.echo({}, { timeoutMs: 60_000 });
    vi.useFakeTimers();
    const late = ending(client.sleep({ n: LONG_MS }, { timeoutMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(990);
    expect(late.code).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20);
    expect(late.code).toBe(StatusCode.DEADLINE_EXCEEDED);
    await client.echo({}, { timeoutMs: 10 });
    vi.useRealTimers();
    const real = client.sleep({ n: LONG_MS }, { timeoutMs: 30 });
    await expect(real).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  });

  test("move drains, and work together with a fake clock", async () => {
    vi.useFakeTimers();
    const server = new Server({ services: [probe()] });
    const client = createLocalClient(Probe, server);
    const deaf = ending(client.deaf({ n: 10_000 }));
    await vi.advanceTimersByTimeAsync(1);
    const drained = server.drain({ graceMs: 5_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await drained).toBe(false);
    server.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(deaf.code).toBe(StatusCode.OK);
    using clock = fakeClock();
    const late = ending(
      createLocalClient(Probe, new Server({ services: [probe()] })).deaf(
        { n: LONG_MS },
        { timeoutMs: 500 },
      ),
    );
    await clock.advance(500);
    expect(late.code).toBe(StatusCode.DEADLINE_EXCEEDED);
  });
});
