// Deadline, signal and close end calls while an interceptor is at work.
import { AsterClient, RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Journal, Probe, probe } from "../support/probe.ts";
import { revivable } from "../support/revivable.ts";
import { Tally, tally } from "../support/session-probe.ts";

const never = new Promise<never>(() => {});
const stuckBefore: Interceptor = async (call, next) => {
  await never;
  return next(call);
};
const stuckAfter: Interceptor = async (call, next) => {
  await next(call);
  return never;
};
const stuckInStream: Interceptor = async (call, next) => {
  const responses = await next(call);
  if (call.pattern === "unary" || call.pattern === "client_stream") return never;
  return (async function* () {
    await never;
    yield* responses as AsyncIterable<unknown>;
  })();
};
const pass: Interceptor = (call, next) => next(call);

type Calls = Record<string, (options: object) => Promise<unknown>>;

describe.each(pairs)("$name", (pair) => {
  const stuck = [stuckBefore, stuckAfter, stuckInStream];
  test.each(stuck)("deadline and signal end calls in $name", async (interceptor) => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { interceptors: [pass, interceptor, pass] });
    const calls: Calls = {
      echo: (options) => client.echo({}, options),
      count: (options) => client.count({ n: 2 }, options).next(),
      sum: (options) => client.sum([{ n: 1 }], options),
      chat: (options) => client.chat([{}], options).next(),
    };
    for (const call of Object.values(calls)) {
      const late = await failure(call({ timeoutMs: 60 }));
      expect(late.code).toBe(StatusCode.DEADLINE_EXCEEDED);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 30);
      expect((await failure(call({ signal: abort.signal }))).code).toBe(StatusCode.CANCELLED);
    }
    await expect.poll(() => opened.calls()).toBe(0);
  });

  test("leaving a stream does not wait for an interceptor", async () => {
    await using opened = await pair.open({ services: [probe()] });
    for (const interceptor of stuck) {
      const client = opened.client(Probe, { interceptors: [interceptor] });
      {
        await using _ = client.endless({ n: 1 });
      }
      const stream = client.endless({ n: 1 });
      const pending = stream.next().catch((error: unknown) => error);
      await stream.return();
      const step = await pending;
      expect(step instanceof RpcError ? step.code : step).toSatisfy(
        (left: unknown) => left === StatusCode.CANCELLED || Object(left).done,
      );
    }
    await expect.poll(() => opened.calls()).toBe(0);
  });

  test("the error names the interceptor at work", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const named = opened.client(Probe, { interceptors: [pass, stuckBefore] });
    const error = await failure(named.echo({}, { timeoutMs: 20 }));
    expect(error.rawMessage).toBe('deadline exceeded in the interceptor "stuckBefore"');
    const unnamed = opened.client(Probe, { interceptors: [pass, () => never] });
    const other = await failure(unnamed.echo({}, { timeoutMs: 20 }));
    expect(other.rawMessage).toBe("deadline exceeded in interceptor 2 of 2");
    const waiting = opened.client(Probe, { interceptors: [pass] });
    const third = await failure(waiting.sleep({ n: 500 }, { timeoutMs: 20 }));
    expect(third.rawMessage).toBe("deadline exceeded");
  });

  test("a deadline or signal that an interceptor sets bounds the inner ones", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const soon: Interceptor = (call, next) => next({ ...call, deadlineAt: performance.now() + 30 });
    const attempt: Interceptor = (call, next) =>
      next({ ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(30)]) });
    for (const outer of [soon, attempt]) {
      const client = opened.client(Probe, { interceptors: [outer, stuckBefore] });
      expect((await failure(client.echo({}))).code).toBe(StatusCode.DEADLINE_EXCEEDED);
      const stream = client.count({ n: 1 });
      expect((await failure(stream.next())).code).toBe(StatusCode.DEADLINE_EXCEEDED);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    }
  });

  test("messages that arrived before the deadline are still read, then the error", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { interceptors: [pass] });
    const stream = client.endless({ n: 10 }, { timeoutMs: 100 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const seen: number[] = [];
    const read = async () => {
      for await (const { n } of stream) seen.push(n);
    };
    expect((await failure(read())).code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(seen.length).toBeGreaterThan(1);
  });

  test("an interceptor answers in place of a call that ended at its deadline", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const fallback: Interceptor = async (call, next) => {
      try {
        return await next(call);
      } catch {
        return { n: -1 };
      }
    };
    const client = opened.client(Probe, { interceptors: [fallback] });
    expect(await client.sleep({ n: 500 }, { timeoutMs: 30 })).toMatchObject({ n: -1 });
  });

  test("the signal of an interceptor fires at the deadline", async () => {
    await using opened = await pair.open({ services: [probe()] });
    let reason: unknown;
    const fetching: Interceptor = (call) =>
      new Promise((_, reject) => {
        call.signal.addEventListener("abort", () => {
          reason = call.signal.reason;
          reject(new DOMException("stopped", "AbortError"));
        });
      });
    const client = opened.client(Probe, { interceptors: [fetching] });
    const error = await failure(client.echo({}, { timeoutMs: 30 }));
    expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(reason).toBe(error);
  });

  test("a call that ended in an interceptor sends nothing later", async () => {
    const journal = new Journal();
    await using opened = await pair.open({ services: [probe(journal)] });
    const late: Interceptor = async (call, next) => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      return next(call);
    };
    const client = opened.client(Probe, { interceptors: [late] });
    await failure(client.sleep({ n: 1 }, { timeoutMs: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(journal.lines).toEqual([]);
  });

  test("sessions end with their calls in interceptors", async () => {
    await using opened = await pair.open({ services: [tally()] });
    const session = await opened.session(Tally, { interceptors: [stuckBefore] });
    const late = await failure(session.add({ n: 1 }, { timeoutMs: 30 }));
    expect(late.code).toBe(StatusCode.DEADLINE_EXCEEDED);
    const held = failure(session.add({ n: 1 }));
    await session.close();
    expect((await held).code).toBe(StatusCode.CANCELLED);
  });
});

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("close ends calls in interceptors, of clients and proxies", async () => {
    await using pair = await servicePair({ transport, services: [probe()] });
    const interceptors = [stuckBefore];
    const client = pair.client.client(Probe, { interceptors });
    const proxy = pair.client.proxy("Probe", { interceptors });
    const calls = [
      client.echo({}),
      client.count({ n: 1 }).next(),
      proxy.echo?.({ text: "" }),
      proxy.count?.stream({ n: 1, payload: "" }).next(),
    ].map(failure);
    await pair.client.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({
        code: StatusCode.CANCELLED,
        details: { reason: "client.closed" },
      });
    }
  });

  test("drain waits for calls in interceptors", async () => {
    await using pair = await servicePair({ transport, services: [probe()] });
    const slow: Interceptor = async (call, next) => {
      const response = await next(call);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return response;
    };
    const client = pair.client.client(Probe, { interceptors: [slow] });
    const call = client.echo({ text: "x" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await pair.client.drain({ graceMs: 2000 })).toBe(true);
    expect(await call).toEqual({ text: "x" });
  });

  test("a deadline while connecting names the peer and the last failure", async () => {
    await using at = await revivable(transport, { services: [probe()] });
    await using client = await AsterClient.connect(at.address, {
      node: at.clientNode,
      reconnect: { initialBackoffMs: 5000 },
    });
    const remote = client.client(Probe);
    await at.kill();
    await expect.poll(() => client.state).toBe("disconnected");
    const error = await failure(remote.echo({}, { timeoutMs: 50 }));
    expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(error.rawMessage).toMatch(
      new RegExp(`^deadline exceeded while connecting to ${client.peer.slice(0, 8)}…: UNAVAILABLE`),
    );
    expect(error.cause).toBeInstanceOf(RpcError);
  });
});

test("a deadline in the queue of a session says so", async () => {
  await using pair = await servicePair({ services: [tally()] });
  await using session = await pair.client.session(Tally);
  const first = session.sleep({ n: 300 });
  const error = await failure(session.add({ n: 1 }, { timeoutMs: 30 }));
  expect(error.rawMessage).toBe("deadline exceeded while waiting for earlier calls of the session");
  await first;
});
