import { type AsterClient, RpcError, StatusCode } from "@aster/rpc";
import { type Interceptor, now } from "@aster/rpc/interceptor";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { Flaky, FlakySession, flaky, Script, unavailable } from "../../rpc/test/support/flaky.ts";
import { received } from "../../rpc/test/support/received.ts";
import { settled } from "../../rpc/test/support/settled.ts";
import { RetryInterceptor, retry } from "../src/retry.ts";

const code = StatusCode.UNAVAILABLE;
const quick = { initialBackoffMs: 1 };

/** Notes the number of each attempt. */
function noting(attempts: number[]): Interceptor {
  return (call, next) => {
    attempts.push(call.attempt);
    return next(call);
  };
}

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  const open = (script: Script, interceptors: readonly Interceptor[]) =>
    servicePair({ services: flaky(script), transport, client: { interceptors } });

  test("the interceptors behind it run for each attempt and see its number", async () => {
    const script = new Script().next(unavailable(), unavailable());
    const [outer, inner]: [number[], number[]] = [[], []];
    await using pair = await open(script, [noting(outer), retry(quick), noting(inner)]);
    expect(await pair.client.client(Flaky).get({ n: 7 })).toMatchObject({ n: 7 });
    expect(outer).toEqual([1]);
    expect(inner).toEqual([1, 2, 3]);
    expect(script.calls).toEqual(["get", "get", "get"]);
  });

  test("ends with the last error, and the client makes no attempts of its own", async () => {
    const script = new Script().next(unavailable(), unavailable(), unavailable());
    await using pair = await open(script, [retry({ ...quick, maxAttempts: 2 })]);
    const remote = pair.client.client(Flaky);
    await expect(remote.get({ n: 7 })).rejects.toMatchObject({ code, rawMessage: "try later" });
    expect(script.calls).toHaveLength(2);
  });

  test("`retry: false` of a call leaves it out, and keeps the other interceptors", async () => {
    const script = new Script().next(unavailable(), unavailable());
    const attempts: number[] = [];
    await using pair = await open(script, [retry(quick), noting(attempts)]);
    const remote = pair.client.client(Flaky);
    await expect(remote.get({ n: 7 }, { retry: false })).rejects.toMatchObject({ code });
    expect([attempts, script.calls]).toEqual([[1], ["get"]]);
    expect(await remote.get({ n: 7 })).toMatchObject({ n: 7 });
    expect(attempts).toEqual([1, 1, 2]);
    const own = { retry: false, interceptors: [noting(attempts)] } as const;
    expect(await remote.get({ n: 7 }, own)).toMatchObject({ n: 7 });
    expect(attempts).toEqual([1, 1, 2, 1, 1]);
  });

  test("does not repeat other methods, and no method after other errors", async () => {
    const script = new Script().next(unavailable(), new RpcError(StatusCode.ABORTED, "conflict"));
    await using pair = await open(script, [retry(quick)]);
    const remote = pair.client.client(Flaky);
    await expect(remote.put({ n: 1 })).rejects.toMatchObject({ code });
    await expect(remote.get({ n: 1 })).rejects.toMatchObject({ code: StatusCode.ABORTED });
    expect(script.calls).toEqual(["put", "get"]);
  });

  test("repeats a server stream before its first response, and never after it", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    const remote = pair.client.client(Flaky);
    expect(await received(remote.list({ n: 3 }))).toEqual([0, 1, 2]);
    const stream = remote.follow({ n: 5 });
    expect((await stream.next()).value).toMatchObject({ n: 5 });
    await expect(stream.next()).rejects.toMatchObject({ code });
    expect(script.calls).toEqual(["list", "list", "follow"]);
  });

  test("reads of a server stream that begin before its first response get it in order", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    const stream = pair.client.client(Flaky).list({ n: 2 });
    const steps = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(steps.map(({ value }) => value?.n)).toEqual([0, 1, undefined, undefined]);
    expect(script.calls).toHaveLength(2);
  });

  test("ends a server stream with the last error", async () => {
    const script = new Script().next(unavailable(), unavailable(), unavailable());
    await using pair = await open(script, [retry(quick)]);
    const stream = pair.client.client(Flaky).list({ n: 2 });
    await expect(stream.next()).rejects.toMatchObject({ code });
    expect(await stream.next()).toMatchObject({ done: true });
    expect(script.calls).toHaveLength(3);
  });

  test("sends a short list of requests again, but no long one and no other source", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    const remote = pair.client.client(Flaky);
    const items = (count: number) => Array.from({ length: count }, () => ({ n: 1 }));
    expect(await remote.sum(items(64))).toMatchObject({ n: 64 });
    script.next(unavailable(), unavailable());
    await expect(remote.sum(items(65))).rejects.toMatchObject({ code });
    await expect(remote.sum(new Set(items(1)))).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(4);
  });

  test("repeats a bidi stream that has taken no request, and gives it all of them", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    let left = 0;
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* requests() {
      try {
        await held;
        yield { n: 1 };
        yield { n: 2 };
      } finally {
        left += 1;
      }
    }
    const responses = received(pair.client.client(Flaky).chat(requests()));
    await expect.poll(() => script.calls).toHaveLength(2);
    expect(left).toBe(0);
    goOn();
    expect(await responses).toEqual([1, 2]);
    expect(left).toBe(1);
  });

  test("a response before the first request does not end the requests", async () => {
    const script = new Script().next(unavailable());
    script.greets = true;
    await using pair = await open(script, [retry(quick)]);
    let greeted = (): void => {};
    const greeting = new Promise<void>((resolve) => {
      greeted = resolve;
    });
    async function* requests() {
      await greeting;
      yield { n: 1 };
    }
    const chat = pair.client.client(Flaky).chat(requests());
    expect((await chat.next()).value).toMatchObject({ n: 0 });
    greeted();
    expect(await received(chat)).toEqual([1]);
    expect(script.calls).toHaveLength(2);
  });

  test("does not repeat a bidi stream whose requests were taken", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    const responses = received(pair.client.client(Flaky).chat([{ n: 1 }]));
    await expect(responses).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(1);
  });

  test("never repeats a call of a session", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, [retry(quick)]);
    await using session = await pair.client.session(FlakySession);
    await expect(session.get({ n: 1 })).rejects.toMatchObject({ code });
    expect(await session.get({ n: 2 })).toMatchObject({ n: 2 });
    expect(script.calls).toEqual(["get", "get"]);
  });

  test("has no effect on a server", async () => {
    const script = new Script().next(unavailable());
    await using pair = await servicePair({
      services: flaky(script),
      transport,
      interceptors: [retry(quick)],
      client: { retry: false },
    });
    await expect(pair.client.client(Flaky).get({ n: 1 })).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(1);
  });

  test("an inner interceptor whose own call was not processed does not repeat another method", async () => {
    const script = new Script();
    let other: AsterClient | undefined;
    const recording: Interceptor = async (call, next) => {
      const result = await next(call);
      await other?.client(Flaky).get({ n: 0 });
      return result;
    };
    await using audit = await servicePair({
      services: flaky(new Script()),
      client: { retry: false, reconnect: false },
    });
    other = audit.client;
    await using pair = await open(script, [retry(quick), recording]);
    await audit.server.close({ graceMs: 0 });
    await expect.poll(() => audit.client.state).toBe("disconnected");
    await expect(pair.client.client(Flaky).put({ n: 1 })).rejects.toMatchObject({ code });
    expect(script.calls).toEqual(["put"]);
  });
});

test("works as an interceptor of one call", async () => {
  const script = new Script().next(unavailable(), unavailable(), unavailable());
  await using pair = await servicePair({ services: flaky(script) });
  const interceptors = [retry({ ...quick, maxAttempts: 2 })];
  const remote = pair.client.client(Flaky);
  await expect(remote.get({ n: 1 }, { interceptors })).rejects.toMatchObject({ code });
  expect(script.calls).toHaveLength(2);
  expect(await remote.get({ n: 1 }, { interceptors })).toMatchObject({ n: 1 });
});

test("repeats the errors of the interceptors behind it", async () => {
  const script = new Script();
  let failures = 1;
  const breaking: Interceptor = (call, next) =>
    failures-- > 0 ? Promise.reject(unavailable()) : next(call);
  await using pair = await servicePair({
    services: flaky(script),
    client: { interceptors: [retry(quick), breaking] },
  });
  expect(await received(pair.client.client(Flaky).list({ n: 1 }))).toEqual([0]);
  expect(script.calls).toHaveLength(1);
});

test("waits as long as the server asks, and never past the deadline", async () => {
  using clock = fakeClock();
  const script = new Script().next(
    unavailable({ retryPushbackMs: 400 }),
    unavailable({ retryPushbackMs: 400 }),
  );
  const attempts: number[] = [];
  const timed: Interceptor = (call, next) => {
    attempts.push(now());
    return next(call);
  };
  await using pair = await servicePair({
    services: flaky(script),
    client: { interceptors: [retry(), timed] },
  });
  const beganAt = clock.now;
  const answer = pair.client.client(Flaky).get({ n: 1 }, { timeoutMs: 500 });
  answer.catch(() => {});
  await expect.poll(() => script.calls).toHaveLength(1);
  await settled();
  await clock.advance(400);
  await expect(answer).rejects.toMatchObject({ code });
  expect(attempts).toEqual([beganAt, beganAt + 400]);
});

test("the caller's signal and the close of the client end the wait at once", async () => {
  using _ = fakeClock();
  const script = new Script().next(
    unavailable({ retryPushbackMs: 1000 }),
    unavailable({ retryPushbackMs: 1000 }),
  );
  await using pair = await servicePair({
    services: flaky(script),
    client: { interceptors: [retry()] },
  });
  const remote = pair.client.client(Flaky);
  const abort = new AbortController();
  const aborted = remote.get({ n: 1 }, { signal: abort.signal });
  const stream = remote.list({ n: 1 }).next();
  for (const work of [aborted, stream]) work.catch(() => {});
  await expect.poll(() => script.calls).toHaveLength(2);
  await settled();
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ code: StatusCode.CANCELLED });
  await pair.client.close();
  await expect(stream).rejects.toMatchObject({ code: StatusCode.CANCELLED });
  expect(script.calls).toHaveLength(2);
});

test("further attempts take a token of the peer", async () => {
  const script = new Script();
  const options = { initialBackoffMs: 0, maxAttempts: 2, maxTokens: 1, tokenRatio: 0.5 };
  await using pair = await servicePair({
    services: flaky(script),
    client: { interceptors: [retry(options)] },
  });
  const remote = pair.client.client(Flaky);
  const attempts = async (): Promise<number> => {
    const before = script.calls.length;
    script.next(unavailable());
    await remote.get({ n: 1 }).catch(() => {});
    return script.calls.length - before;
  };
  // the success of the second attempt puts one half back
  expect([await attempts(), await attempts()]).toEqual([2, 1]);
  await remote.get({ n: 1 });
  expect(await attempts()).toBe(2);
});

test.each([
  [{ maxAttempts: 6 }, "maxAttempts"],
  [{ attempts: 3 }, "attempts"],
  [{ tokenRatio: -1 }, "tokenRatio"],
  ["often", "of retry"],
])("refuses %j", (options, option) => {
  const refused = expect.objectContaining({ details: { reason: "option.invalid", option } });
  expect(() => retry(options as never)).toThrow(refused);
  expect(() => new RetryInterceptor(options as never)).toThrow(refused);
});
