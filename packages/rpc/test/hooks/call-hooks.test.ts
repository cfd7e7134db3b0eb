// What hooks see and may change, on both sides and next to other interceptors.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type CallContext,
  clientStream,
  currentCall,
  defineService,
  implement,
  RpcError,
  StatusCode,
} from "@aster/rpc";
import {
  type CallFacts,
  type CallHooks,
  callHooks,
  type Interceptor,
  type MethodFacts,
  now,
} from "@aster/rpc/interceptor";
import { fakeClock, servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { answering, callFour, fourInSession, fourWith, PATTERNS } from "../support/four.ts";
import { pairs } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";

const Four = fourWith();
const FourInSession = fourInSession();
const pass: Interceptor = (call, next) => next(call);

type Side = "client" | "server";
type Way = { readonly pair: (typeof pairs)[number]; readonly side: Side; readonly others: string };

const ways = pairs.flatMap((pair) =>
  (["client", "server"] as const).flatMap((side) =>
    ["alone", "before another interceptor", "after another interceptor"].map((others) => ({
      pair,
      side,
      others,
      title: `${pair.name}, ${side}, ${others}`,
    })),
  ),
);

async function opened(
  { pair, side, others }: Way,
  hooks: readonly Interceptor[],
  handlers: ReturnType<typeof answering<CallContext>>,
) {
  const interceptors = [...hooks];
  if (others === "before another interceptor") interceptors.push(pass);
  if (others === "after another interceptor") interceptors.unshift(pass);
  const services = [implement(Four, handlers), implement(FourInSession, () => handlers)];
  const ofServer = side === "server" ? interceptors : [];
  const both = await pair.open({ services, interceptors: ofServer, onError: () => {} });
  const options = { interceptors: side === "client" ? interceptors : [] };
  const session = await both.session(FourInSession, options);
  return {
    callers: [both.client(Four, options), session],
    async [Symbol.asyncDispose]() {
      session.close();
      await both[Symbol.asyncDispose]();
    },
  };
}

const echoing = () => answering<CallContext>((text) => text);

describe.each(ways)("$title", (way) => {
  const { side } = way;

  test("get the facts of the call, the same object at its start and end", async () => {
    const begun: CallFacts[] = [];
    const ended: CallFacts[] = [];
    const hooks = callHooks({
      begin(call) {
        begun.push(call);
        return undefined;
      },
      end: (_, call) => ended.push(call),
    });
    await using calls = await opened(way, [hooks], echoing());
    for (const [index, caller] of calls.callers.entries()) {
      for (const method of PATTERNS) {
        await callFour(caller, method, { metadata: { own: "1" }, timeoutMs: 60_000 });
        await expect.poll(() => ended.length).toBe(1);
        const [call] = begun;
        expect(call).toBe(ended.pop());
        expect(call).toMatchObject({ side, method, version: 1, attempt: 1, idempotent: false });
        expect(call?.service).toBe(index === 0 ? "Four" : "FourInSession");
        expect(call?.inSession).toBe(index === 1);
        expect(call?.peer).toMatch(/^[0-9a-f]{64}$/);
        expect(call?.roles.size).toBe(0);
        expect(call?.metadata.get("own")).toBe("1");
        expect((call?.deadlineAt ?? 0) - now()).toBeGreaterThan(10_000);
        expect(call?.context?.method).toBe(side === "server" ? method : undefined);
        begun.length = 0;
      }
    }
  });

  test("change metadata: inner hooks and the handler find it", async () => {
    const added = callHooks({ begin: ({ metadata }) => ({ metadata: metadata.with("a", "1") }) });
    const seen: unknown[] = [];
    const reading = callHooks({
      begin({ metadata }) {
        seen.push(metadata.get("a"));
        return undefined;
      },
    });
    const handlers = answering<CallContext>((_, { metadata }) => String(metadata.get("a")));
    await using calls = await opened(way, [added, reading], handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) expect(await callFour(caller, pattern)).toBe("1");
    }
    expect(seen).toEqual(Array(8).fill("1"));
  });

  test("change the deadline to an earlier one, and not to a later one", async () => {
    using _ = fakeClock();
    let inMs = 1_000;
    const hooks = callHooks({ begin: () => ({ deadlineAt: now() + inMs }) });
    const handlers = answering<CallContext>((_, { remainingMs }) => String(remainingMs()));
    await using calls = await opened(way, [hooks], handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        for (const ms of [1_000, 3_600_000]) {
          inMs = ms;
          const remaining = Number(await callFour(caller, pattern, { timeoutMs: 60_000 }));
          expect(remaining, pattern).toBeLessThanOrEqual(Math.min(ms, 60_000) + 1);
          expect(remaining, pattern).toBeGreaterThan(0);
        }
      }
    }
  });

  test("that throw at the start end the call; those outside see its end", async () => {
    const lines: string[] = [];
    const noting = (name: string, begin?: CallHooks["begin"]) =>
      callHooks({ ...(begin && { begin }), end: ({ code }) => lines.push(`${name} ${code}`) });
    const refusing = noting("refusing", () => {
      throw new RpcError(StatusCode.UNAUTHENTICATED, "no");
    });
    let handled = 0;
    const handlers = answering<CallContext>(() => String(++handled));
    await using calls = await opened(way, [noting("outer"), refusing, noting("inner")], handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        await expect(callFour(caller, pattern), pattern).rejects.toMatchObject({
          code: StatusCode.UNAUTHENTICATED,
          rawMessage: "no",
        });
      }
    }
    expect(handled).toBe(0);
    await expect.poll(() => lines).toEqual(Array(8).fill(`outer ${StatusCode.UNAUTHENTICATED}`));
  });

  test("run in the async context of their call", async () => {
    const store = new AsyncLocalStorage<string>();
    const lines: (string | undefined)[] = [];
    const context = () => (side === "client" ? store.getStore() : currentCall()?.method);
    const hooks = callHooks({
      begin() {
        lines.push(context());
        return undefined;
      },
      end: () => lines.push(context()),
    });
    await using calls = await opened(way, [hooks], echoing());
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        await store.run(pattern, () => callFour(caller, pattern));
        await expect.poll(() => lines).toEqual([pattern, pattern]);
        lines.length = 0;
      }
    }
  });
});

test.each([
  { place: "alone", of: (hooks: Interceptor) => [hooks] },
  { place: "before another interceptor", of: (hooks: Interceptor) => [hooks, pass] },
  { place: "after another interceptor", of: (hooks: Interceptor) => [pass, hooks] },
])("hooks $place are prepared once per method, before its first call", async ({ of }) => {
  const prepared: MethodFacts[] = [];
  const hooks = callHooks((method) => {
    prepared.push(method);
    return {};
  });
  const services = [implement(Four, echoing())];
  const client = { interceptors: of(hooks) };
  await using pair = await servicePair({ services, interceptors: of(hooks), client });
  const remote = pair.client.client(Four);
  expect(prepared).toEqual([]);
  for (let call = 0; call < 3; call++) await callFour(remote, "one");
  await callFour(remote, "many");
  expect(prepared.map(({ side, service, method }) => `${side} ${service} ${method}`)).toEqual([
    "client Four one",
    "server Four one",
    "client Four many",
    "server Four many",
  ]);
  expect(prepared[0]).toEqual({
    side: "client",
    service: "Four",
    version: 1,
    method: "one",
    pattern: "unary",
    idempotent: false,
    inSession: false,
  });
});

const noting = (lines: string[], name: string) =>
  callHooks({
    begin() {
      lines.push(`${name} >`);
      return undefined;
    },
    end: ({ code, requests, responses }) =>
      lines.push(`${name} < ${code}, ${requests} in, ${responses} out`),
  });

describe.each(["client", "server"])("hooks of a %s", (side) => {
  const openedWith = (interceptors: readonly Interceptor[]) => {
    const options = { services: [implement(Four, echoing())] };
    return servicePair(
      side === "server" ? { ...options, interceptors } : { ...options, client: { interceptors } },
    );
  };

  test("begin from the outermost to the innermost, and end in reverse", async () => {
    const lines: string[] = [];
    await using pair = await openedWith([noting(lines, "a"), noting(lines, "b")]);
    for (const pattern of PATTERNS) {
      await callFour(pair.client.client(Four), pattern);
      await expect.poll(() => lines).toHaveLength(4);
      const end = "< 0, 1 in, 1 out";
      expect(lines.splice(0)).toEqual(["a >", "b >", `b ${end}`, `a ${end}`]);
    }
  });

  test("begin and end in their place among other interceptors", async () => {
    const lines: string[] = [];
    const between: Interceptor = (call, next) => {
      lines.push("between >");
      return next(call);
    };
    await using pair = await openedWith([
      noting(lines, "a"),
      noting(lines, "b"),
      between,
      noting(lines, "c"),
    ]);
    for (const pattern of PATTERNS) {
      await callFour(pair.client.client(Four), pattern);
      await expect.poll(() => lines).toHaveLength(7);
      expect(lines.splice(0, 4)).toEqual(["a >", "b >", "between >", "c >"]);
      const end = "< 0, 1 in, 1 out";
      // on a server all of them see the same end, when the status is sent
      if (side === "client") expect(lines[0]).toBe(`c ${end}`);
      expect(lines.splice(0).sort()).toEqual([`a ${end}`, `b ${end}`, `c ${end}`]);
    }
  });

  test("see the error that an interceptor inside makes of a response", async () => {
    const lines: string[] = [];
    const failing: Interceptor = async (call, next) => {
      await next(call);
      throw new RpcError(StatusCode.DATA_LOSS, "lost");
    };
    await using pair = await openedWith([noting(lines, "a"), failing]);
    for (const pattern of PATTERNS) {
      const call = callFour(pair.client.client(Four), pattern);
      await expect(call).rejects.toMatchObject({ code: StatusCode.DATA_LOSS });
      await expect.poll(() => lines).toHaveLength(2);
      expect(lines.splice(0)[1]).toMatch(/^a < 15, \d in, 0 out$/);
    }
  });
});

test("hooks of a client see a call that an interceptor inside answers itself", async () => {
  const lines: string[] = [];
  const answering: Interceptor = (call) =>
    Promise.resolve(
      call.pattern === "unary" || call.pattern === "client_stream"
        ? { text: "own" }
        : (async function* () {
            yield { text: "own" };
          })(),
    );
  const client = { interceptors: [noting(lines, "a"), answering] };
  await using pair = await servicePair({ services: [implement(Four, echoing())], client });
  for (const pattern of PATTERNS) {
    expect(await callFour(pair.client.client(Four), pattern)).toBe("own");
    const requests = pattern === "one" || pattern === "many" ? 1 : 0;
    expect(lines.splice(0)).toEqual(["a >", `a < 0, ${requests} in, 1 out`]);
  }
});

test("hooks of a client see a stream end that its reader leaves, or never reads", async () => {
  using clock = fakeClock();
  const lines: string[] = [];
  const client = { interceptors: [noting(lines, "a"), pass] };
  await using pair = await servicePair({ services: [implement(Four, echoing())], client });
  const remote = pair.client.client(Four);
  for await (const _ of remote.many({ text: "x" })) break;
  expect(lines.splice(0)).toEqual(["a >", `a < ${StatusCode.CANCELLED}, 1 in, 1 out`]);
  remote.many({ text: "x" }, { timeoutMs: 1_000 });
  await clock.advance(1_001);
  expect(lines).toEqual(["a >", `a < ${StatusCode.DEADLINE_EXCEEDED}, 1 in, 0 out`]);
});

test("hooks of a client count the requests of the last attempt", async () => {
  const lines: string[] = [];
  let calls = 0;
  const failingOnce = answering<CallContext>((text) => {
    calls += 1;
    if (calls === 1) throw new RpcError(StatusCode.UNAVAILABLE, "not yet");
    return text;
  });
  const again: Interceptor = (call, next) => next(call).catch(() => next(call));
  const client = { interceptors: [noting(lines, "a"), again], retry: false };
  await using pair = await servicePair({ services: [implement(Four, failingOnce)], client });
  const requests = [{ text: "a" }, { text: "b" }];
  expect(await pair.client.client(Four).sum(requests)).toEqual({ text: "ab" });
  expect(lines).toEqual(["a >", "a < 0, 2 in, 1 out"]);
});

test("a call that hooks of a server refuse is a denied access", async () => {
  const denied: unknown[] = [];
  const refusing = callHooks({
    begin() {
      throw new RpcError(StatusCode.PERMISSION_DENIED, "no");
    },
  });
  const [local] = pairs;
  await using pair = await (local as (typeof pairs)[number]).open({
    services: [implement(Four, echoing())],
    interceptors: [refusing],
    onDenied: ({ gate, method }) => denied.push([gate, method]),
  });
  await expect(callFour(pair.client(Four), "one")).rejects.toThrow("no");
  expect(denied).toEqual([[2, "Four.one"]]);
});

test("an error of the handler is not a denied access", async () => {
  const denied: unknown[] = [];
  const [local] = pairs;
  const failing = answering(() => {
    throw new RpcError(StatusCode.PERMISSION_DENIED, "no");
  });
  await using pair = await (local as (typeof pairs)[number]).open({
    services: [implement(Four, failing)],
    interceptors: [callHooks({})],
    onDenied: (denial) => denied.push(denial),
  });
  for (const pattern of PATTERNS) {
    await expect(callFour(pair.client(Four), pattern)).rejects.toThrow("no");
  }
  expect(denied).toEqual([]);
});

test("a list of requests is sent again where only hooks observe it", async () => {
  const Sums = defineService("Sums", {}, { sum: clientStream(Text, Text, { idempotent: true }) });
  let calls = 0;
  const sums = implement(Sums, {
    async sum(requests) {
      calls += 1;
      if (calls === 1) throw new RpcError(StatusCode.UNAVAILABLE, "not yet");
      let text = "";
      for await (const request of requests) text += request.text;
      return { text };
    },
  });
  const ends: number[][] = [];
  const hooks = callHooks({ end: ({ code, requests }) => ends.push([code, requests]) });
  const client = { interceptors: [hooks], retry: { initialBackoffMs: 1 } };
  await using pair = await servicePair({ services: [sums], client });
  const sum = pair.client.client(Sums).sum([{ text: "a" }, { text: "b" }]);
  expect(await sum).toEqual({ text: "ab" });
  expect(ends).toEqual([[0, 2]]);
});

test("a complete stream without a reader is over at its deadline", async () => {
  using clock = fakeClock();
  const ends: number[][] = [];
  const hooks = callHooks({ end: ({ code, responses }) => ends.push([code, responses]) });
  await using pair = await servicePair({
    services: [implement(Four, echoing())],
    client: { interceptors: [hooks] },
  });
  const client = pair.client.client(Four);
  client.many({ text: "x" }, { timeoutMs: 1_000 });
  await callFour(client, "one");
  expect(ends.splice(0)).toEqual([[0, 1]]);
  await clock.advance(1_001);
  expect(ends).toEqual([[0, 0]]);
});
