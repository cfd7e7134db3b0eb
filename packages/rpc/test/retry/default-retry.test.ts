// A client repeats calls without any configuration.
import { manifestOf } from "@aster/contract/model";
import { RpcError, StatusCode } from "@aster/rpc";
import { isUnprocessed } from "@aster/rpc/interceptor";
import { fakeClock, type ServicePairOptions, servicePair } from "@aster/rpc/testing";
import { describe, expect, test, vi } from "vitest";
import { Flaky, FlakySession, flaky, Script, unavailable } from "../support/flaky.ts";
import { received, settled } from "../support/received.ts";

const code = StatusCode.UNAVAILABLE;

type Retry = { readonly retry: false };

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  const open = async (script: Script, client: ServicePairOptions["client"] = {}) =>
    servicePair({
      services: flaky(script),
      transport,
      client: { retry: { initialBackoffMs: 1 }, ...client },
    });

  test("calls an idempotent method again after UNAVAILABLE", async () => {
    const script = new Script().next(unavailable(), unavailable());
    await using pair = await open(script, { retry: undefined });
    expect(await pair.client.client(Flaky).get({ n: 7 })).toMatchObject({ n: 7 });
    expect(script.calls).toEqual(["get", "get", "get"]);
  });

  test("ends with the error of the third attempt", async () => {
    const script = new Script().next(unavailable(), unavailable(), unavailable());
    await using pair = await open(script);
    await expect(pair.client.client(Flaky).get({ n: 7 })).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(3);
  });

  test("does not repeat other methods, and no method after other errors", async () => {
    const internal = new RpcError(StatusCode.INTERNAL, "broken");
    const script = new Script().next(unavailable(), internal);
    await using pair = await open(script);
    const remote = pair.client.client(Flaky);
    const error = await remote.put({ n: 1 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, rawMessage: "try later" });
    expect(isUnprocessed(error)).toBe(false);
    await expect(remote.get({ n: 1 })).rejects.toMatchObject({ code: StatusCode.INTERNAL });
    expect(script.calls).toEqual(["put", "get"]);
  });

  test("repeats a server stream before its first response, and never after it", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script);
    const remote = pair.client.client(Flaky);
    expect(await received(remote.list({ n: 3 }))).toEqual([0, 1, 2]);
    const stream = remote.follow({ n: 5 });
    expect((await stream.next()).value).toMatchObject({ n: 5 });
    await expect(stream.next()).rejects.toMatchObject({ code });
    expect(script.calls).toEqual(["list", "list", "follow"]);
  });

  test("sends a short list of requests again, but no long one and no other source", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script);
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
    await using pair = await open(script);
    await using chat = pair.client.client(Flaky).chat.open();
    await expect.poll(() => script.calls).toHaveLength(2);
    await chat.send({ n: 1 });
    expect((await chat.next()).value).toMatchObject({ n: 1 });
    await chat.send({ n: 2 });
    chat.end();
    expect(await received(chat)).toEqual([2]);
  });

  test("does not repeat a bidi stream whose requests were taken", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script);
    await expect(received(pair.client.client(Flaky).chat([{ n: 1 }]))).rejects.toMatchObject({
      code,
    });
    expect(script.calls).toHaveLength(1);
  });

  test.each([
    { place: "the client", client: { retry: false } },
    { place: "the service", service: { retry: false } },
    { place: "the call", call: { retry: false } },
  ] as const)("makes one attempt with retry: false of $place", async (options) => {
    const { client, service, call }: Partial<Record<"client" | "service" | "call", Retry>> =
      options;
    const script = new Script().next(unavailable());
    await using pair = await open(script, client);
    await expect(pair.client.client(Flaky, service).get({ n: 1 }, call)).rejects.toMatchObject({
      code,
    });
    expect(script.calls).toHaveLength(1);
  });

  test("takes the policy of the call before that of the service, and both before the client's", async () => {
    const script = new Script();
    await using pair = await open(script, { retry: false });
    const remote = pair.client.client(Flaky, { retry: { maxAttempts: 2, initialBackoffMs: 1 } });
    const failing = async (call: Parameters<typeof remote.get>[1]): Promise<number> => {
      const before = script.calls.length;
      script.next(unavailable(), unavailable(), unavailable(), unavailable());
      await expect(remote.get({ n: 1 }, call)).rejects.toMatchObject({ code });
      const made = script.calls.length - before;
      for (let left = made; left < 4; left += 1) await remote.put({ n: 1 }).catch(() => {});
      return made;
    };
    expect(await failing({})).toBe(2);
    expect(await failing({ retry: { maxAttempts: 4, initialBackoffMs: 1 } })).toBe(4);
    expect(await failing({ retry: { codes: [StatusCode.ABORTED] } })).toBe(1);
    expect(await failing({ retry: true })).toBe(3);
  });

  test("never repeats a call of a session", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script);
    await using session = await pair.client.session(FlakySession);
    await expect(session.get({ n: 1 }, { retry: true })).rejects.toMatchObject({ code });
    expect(await session.get({ n: 2 })).toMatchObject({ n: 2 });
    expect(script.calls).toEqual(["get", "get"]);
  });

  test("interceptors see one call, and the trailer of each attempt arrives", async () => {
    const script = new Script().next(unavailable({ details: { at: "first" } }));
    const attempts: number[] = [];
    await using pair = await open(script, {
      interceptors: [
        (call, next) => {
          attempts.push(call.attempt);
          return next(call);
        },
      ],
    });
    const trailers: (string | undefined)[] = [];
    await pair.client
      .client(Flaky)
      .get({ n: 1 }, { onTrailer: (trailer) => trailers.push(trailer.get("at")) });
    expect(attempts).toEqual([1]);
    expect(trailers).toEqual(["first", undefined]);
    expect(script.calls).toHaveLength(2);
  });

  test("a proxy repeats the methods that its manifest calls idempotent", async () => {
    const script = new Script().next(unavailable(), unavailable());
    await using pair = await open(script);
    const named = pair.client.proxy("Flaky");
    await expect(named.get?.({ n: 1 })).rejects.toMatchObject({ code });
    const described = pair.client.proxy("Flaky", { manifest: manifestOf(Flaky) });
    expect(await described.get?.({ n: 1 })).toMatchObject({ n: 1 });
    expect(script.calls).toHaveLength(3);
  });
});

describe("in time", () => {
  const open = async (script: Script, client: ServicePairOptions["client"] = {}) =>
    servicePair({ services: flaky(script), client });

  test("waits a random part of a time that doubles, up to its bound", async () => {
    using clock = fakeClock();
    using random = vi.spyOn(Math, "random").mockReturnValue(0.5);
    const script = new Script().next(...Array.from({ length: 4 }, () => unavailable()));
    const retry = { maxAttempts: 5, maxBackoffMs: 300 };
    await using pair = await open(script, { retry });
    const answer = pair.client.client(Flaky).get({ n: 1 });
    for (const [made, waitMs] of [50, 100, 150, 150].entries()) {
      await expect.poll(() => clock.timers).toBeGreaterThan(0);
      await expect.poll(() => script.calls).toHaveLength(made + 1);
      await settled();
      await clock.advance(waitMs - 1);
      await settled();
      expect(script.calls).toHaveLength(made + 1);
      await clock.advance(1);
    }
    expect(await answer).toMatchObject({ n: 1 });
    expect(random).toHaveBeenCalled();
  });

  test("waits as long as the server asks, and not at all after a negative wait", async () => {
    using clock = fakeClock();
    const script = new Script().next(unavailable({ retryPushbackMs: 60_000 }));
    await using pair = await open(script);
    const remote = pair.client.client(Flaky);
    const answer = remote.get({ n: 1 });
    await expect.poll(() => script.calls).toHaveLength(1);
    await settled();
    await clock.advance(59_999);
    expect(script.calls).toHaveLength(1);
    await clock.advance(1);
    expect(await answer).toMatchObject({ n: 1 });
    for (const text of ["-1", "60001", "soon", "", "1.5", "9".repeat(100)]) {
      script.next(unavailable({ details: { "aster-retry-pushback-ms": text } }));
      await expect(remote.get({ n: 1 })).rejects.toMatchObject({ code });
    }
    expect(script.calls).toHaveLength(8);
  });

  test("does not wait past the deadline", async () => {
    using _ = fakeClock();
    const script = new Script().next(unavailable({ retryPushbackMs: 500 }));
    await using pair = await open(script);
    const answer = pair.client.client(Flaky).get({ n: 1 }, { timeoutMs: 500 });
    await expect(answer).rejects.toMatchObject({ code, rawMessage: "try later" });
    expect(script.calls).toHaveLength(1);
  });

  test("all attempts have one deadline", async () => {
    using clock = fakeClock();
    const script = new Script().next(
      unavailable({ retryPushbackMs: 400 }),
      unavailable({ retryPushbackMs: 400 }),
    );
    await using pair = await open(script);
    const answer = pair.client.client(Flaky).get({ n: 1 }, { timeoutMs: 500 });
    answer.catch(() => {});
    await expect.poll(() => script.calls).toHaveLength(1);
    await settled();
    await clock.advance(400);
    await expect(answer).rejects.toMatchObject({ code, rawMessage: "try later" });
    expect(script.calls).toHaveLength(2);
  });

  const waiting = async (script: Script, client: ServicePairOptions["client"] = {}) => {
    script.next(unavailable({ retryPushbackMs: 60_000 }));
    return open(script, client);
  };

  test("the caller's signal ends the wait at once", async () => {
    using clock = fakeClock();
    const script = new Script();
    await using pair = await waiting(script);
    const abort = new AbortController();
    const answer = pair.client.client(Flaky).get({ n: 1 }, { signal: abort.signal });
    answer.catch(() => {});
    await expect.poll(() => clock.timers).toBeGreaterThan(0);
    await settled();
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: StatusCode.CANCELLED });
    await clock.advance(60_000);
    expect(script.calls).toHaveLength(1);
  });

  test("the close of the client ends the wait at once", async () => {
    using _ = fakeClock();
    const script = new Script();
    await using pair = await waiting(script);
    const answer = pair.client.client(Flaky).get({ n: 1 });
    answer.catch(() => {});
    await expect.poll(() => script.calls).toHaveLength(1);
    await settled();
    await pair.client.close();
    await expect(answer).rejects.toMatchObject({ code: StatusCode.CANCELLED });
  });

  test("a reader that leaves ends the wait at once", async () => {
    using clock = fakeClock();
    const script = new Script();
    await using pair = await waiting(script);
    const stream = pair.client.client(Flaky).list({ n: 1 });
    await expect.poll(() => script.calls).toHaveLength(1);
    await settled();
    await stream.return();
    await clock.advance(60_000);
    expect(script.calls).toHaveLength(1);
  });
});

describe("tokens", () => {
  const open = async (script: Script, retry: object) =>
    servicePair({ services: flaky(script), client: { retry: { initialBackoffMs: 0, ...retry } } });

  test("further attempts take a token, and successes put parts of one back", async () => {
    const script = new Script();
    await using pair = await open(script, { maxAttempts: 2, maxTokens: 2, tokenRatio: 0.5 });
    const remote = pair.client.client(Flaky);
    const attempts = async (failures: number): Promise<number> => {
      const before = script.calls.length;
      script.next(...Array.from({ length: failures }, () => unavailable()));
      await remote.get({ n: 1 }).catch(() => {});
      return script.calls.length - before;
    };
    expect([await attempts(2), await attempts(2)]).toEqual([2, 2]);
    expect(await attempts(1)).toBe(1);
    await remote.put({ n: 1 });
    expect(await attempts(1)).toBe(1);
    await remote.put({ n: 1 });
    expect(await attempts(1)).toBe(2);
  });

  test("all clients of a peer share the tokens", async () => {
    const script = new Script().next(unavailable());
    await using pair = await open(script, { maxTokens: 1, tokenRatio: 0 });
    await pair.client.client(Flaky).get({ n: 1 });
    script.next(unavailable());
    await expect(pair.client.client(Flaky).get({ n: 1 })).rejects.toMatchObject({ code });
    expect(script.calls).toHaveLength(3);
  });
});

describe("options", () => {
  test.each([
    [{ maxAttempts: 6 }, "retry.maxAttempts"],
    [{ maxAttempts: 0 }, "retry.maxAttempts"],
    [{ initialBackoffMs: -1 }, "retry.initialBackoffMs"],
    [{ maxBackoffMs: Number.NaN }, "retry.maxBackoffMs"],
    [{ multiplier: 0.5 }, "retry.multiplier"],
    [{ codes: [0] }, "retry.codes"],
    [{ codes: "UNAVAILABLE" }, "retry.codes"],
    [{ maxTokens: -1 }, "retry.maxTokens"],
    [{ tokenRatio: 2 }, "retry.tokenRatio"],
    [{ attempts: 3 }, "retry.attempts"],
    ["always", "retry"],
    [[], "retry"],
  ])("refuses %j", async (retry, option) => {
    const refused = { details: { reason: "option.invalid", option } };
    const options = { services: flaky(new Script()), client: { retry: retry as never } };
    await expect(servicePair(options)).rejects.toMatchObject(refused);
    await using pair = await servicePair({ services: flaky(new Script()) });
    const remote = pair.client.client(Flaky);
    await expect(remote.get({ n: 1 }, { retry: retry as never })).rejects.toMatchObject(refused);
    expect(() => pair.client.client(Flaky, { retry: retry as never })).toThrow(
      expect.objectContaining(refused),
    );
  });

  test("tokens are an option of the connection", async () => {
    await using pair = await servicePair({ services: flaky(new Script()) });
    const retry = { maxTokens: 3 } as never;
    expect(() => pair.client.client(Flaky, { retry })).toThrow(/retry.maxTokens/);
  });
});
