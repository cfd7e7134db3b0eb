import { RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { Flaky, FlakySession, flaky, Script, unavailable } from "../../rpc/test/support/flaky.ts";
import { received } from "../../rpc/test/support/received.ts";
import { settled } from "../../rpc/test/support/settled.ts";
import { HedgeInterceptor, hedge } from "../src/hedge.ts";

const code = StatusCode.UNAVAILABLE;

const open = (
  script: Script,
  interceptors: readonly Interceptor[],
  transport: "memory" | "quic" = "memory",
) => servicePair({ services: flaky(script), transport, client: { interceptors } });

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test("takes the first answer and cancels the other attempts", async () => {
    const script = new Script().next("hang", "hang");
    const attempts: number[] = [];
    const noting: Interceptor = (call, next) => {
      attempts.push(call.attempt);
      return next(call);
    };
    await using pair = await open(script, [hedge({ delayMs: 20 }), noting], transport);
    expect(await pair.client.client(Flaky).get({ n: 7 })).toMatchObject({ n: 7 });
    expect(attempts).toEqual([1, 2, 3]);
    await expect.poll(() => script.aborted).toEqual(["get", "get"]);
    expect(script.calls).toHaveLength(3);
    await expect.poll(() => pair.server.stats().calls).toBe(0);
  });

  test("makes the next attempt at once when one fails", async () => {
    const script = new Script().next(unavailable(), unavailable());
    await using pair = await open(script, [hedge({ delayMs: 60_000 })], transport);
    expect(await pair.client.client(Flaky).get({ n: 7 })).toMatchObject({ n: 7 });
    expect(script.calls).toHaveLength(3);
  });

  test("ends with the last error when all attempts have failed", async () => {
    const script = new Script().next(unavailable(), unavailable(), unavailable());
    await using pair = await open(script, [hedge({ delayMs: 60_000, maxAttempts: 2 })], transport);
    await expect(pair.client.client(Flaky).get({ n: 7 })).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(2);
  });

  test("any other error ends the call and cancels the other attempts", async () => {
    const internal = new RpcError(StatusCode.INTERNAL, "broken");
    const script = new Script().next("hang", internal);
    await using pair = await open(script, [hedge({ delayMs: 1, maxAttempts: 2 })], transport);
    await expect(pair.client.client(Flaky).get({ n: 7 })).rejects.toMatchObject({
      code: StatusCode.INTERNAL,
    });
    await expect.poll(() => script.aborted).toEqual(["get"]);
    expect(script.calls).toHaveLength(2);
  });

  test("makes one attempt of other methods, streams and calls of a session", async () => {
    const script = new Script().next(unavailable(), unavailable(), unavailable(), unavailable());
    await using pair = await open(script, [hedge({ delayMs: 0 })], transport);
    const remote = pair.client.client(Flaky);
    await expect(remote.put({ n: 1 })).rejects.toMatchObject({ code });
    await expect(received(remote.list({ n: 1 }))).rejects.toMatchObject({ code });
    await expect(remote.sum([{ n: 1 }])).rejects.toMatchObject({ code });
    await using session = await pair.client.session(FlakySession);
    await expect(session.get({ n: 1 })).rejects.toMatchObject({ code });
    expect(await received(remote.chat([{ n: 3 }]))).toEqual([3]);
    expect(script.calls).toEqual(["put", "list", "sum", "get", "chat"]);
  });

  test("the caller's signal ends all attempts", async () => {
    const script = new Script().next("hang", "hang");
    await using pair = await open(script, [hedge({ delayMs: 0, maxAttempts: 2 })], transport);
    const abort = new AbortController();
    const answer = pair.client.client(Flaky).get({ n: 1 }, { signal: abort.signal });
    answer.catch(() => {});
    await expect.poll(() => script.calls).toHaveLength(2);
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: StatusCode.CANCELLED });
    await expect.poll(() => script.aborted).toHaveLength(2);
  });
});

test("makes an attempt each delay, and ends all of them at the deadline", async () => {
  using clock = fakeClock();
  const script = new Script().next("hang", "hang", "hang");
  await using pair = await open(script, [hedge({ delayMs: 100 })]);
  const answer = pair.client.client(Flaky).get({ n: 1 }, { timeoutMs: 1000 });
  answer.catch(() => {});
  for (const made of [1, 2, 3]) {
    await settled();
    await clock.advance(99);
    expect(script.calls).toHaveLength(made);
    await clock.advance(1);
  }
  await settled();
  expect(script.calls).toHaveLength(3);
  await clock.advance(700);
  await expect(answer).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
  await settled();
  expect(script.aborted).toHaveLength(3);
});

test("makes the next attempt when the server asks for it, and none after a negative wait", async () => {
  using clock = fakeClock();
  const script = new Script().next(unavailable({ retryPushbackMs: 500 }));
  await using pair = await open(script, [hedge({ delayMs: 100 })]);
  const remote = pair.client.client(Flaky);
  const answer = remote.get({ n: 1 });
  await settled();
  await clock.advance(499);
  expect(script.calls).toHaveLength(1);
  await clock.advance(1);
  expect(await answer).toMatchObject({ n: 1 });
  script.next(unavailable({ retryPushbackMs: -1 }));
  await expect(remote.get({ n: 1 })).rejects.toMatchObject({ code });
  script.next(unavailable({ retryPushbackMs: 500 }));
  await expect(remote.get({ n: 1 }, { timeoutMs: 500 })).rejects.toMatchObject({ code });
  expect(script.calls).toHaveLength(4);
});

test("a server that asks to stop lets the attempts that run go on", async () => {
  using clock = fakeClock();
  const script = new Script().next("hang", unavailable({ retryPushbackMs: -1 }));
  await using pair = await open(script, [hedge({ delayMs: 100 })]);
  const answer = pair.client.client(Flaky).get({ n: 1 }, { timeoutMs: 10_000 });
  answer.catch(() => {});
  await settled();
  await clock.advance(100);
  await settled();
  await clock.advance(5000);
  expect(script.calls).toHaveLength(2);
  expect(script.aborted).toEqual([]);
  await clock.advance(5000);
  await expect(answer).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
});

test("further attempts take a token of the peer", async () => {
  const script = new Script();
  const options = { delayMs: 60_000, maxTokens: 2, tokenRatio: 0 };
  await using pair = await open(script, [hedge(options)]);
  const remote = pair.client.client(Flaky);
  script.next(unavailable(), unavailable());
  expect(await remote.get({ n: 1 })).toMatchObject({ n: 1 });
  script.next(unavailable());
  await expect(remote.get({ n: 2 })).rejects.toMatchObject({ code });
  script.next(unavailable({ retryPushbackMs: 1 }));
  await expect(remote.get({ n: 3 })).rejects.toMatchObject({ code });
  expect(script.calls).toHaveLength(5);
});

test.each([
  [{}, "delayMs"],
  [{ delayMs: -1 }, "delayMs"],
  [{ delayMs: 1, maxAttempts: 9 }, "maxAttempts"],
  [{ delayMs: 1, multiplier: 2 }, "multiplier"],
  [undefined, "of hedge"],
])("refuses %j", (options, option) => {
  const refused = expect.objectContaining({ details: { reason: "option.invalid", option } });
  expect(() => hedge(options as never)).toThrow(refused);
  expect(() => new HedgeInterceptor(options as never)).toThrow(refused);
});
