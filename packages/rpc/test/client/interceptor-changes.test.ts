// What interceptors of both sides may change in calls of every pattern.
import { type CallContext, implement, RpcError, StatusCode } from "@aster/rpc";
import { type InterceptedCall, type Interceptor, mapCall, now } from "@aster/rpc/interceptor";
import { fakeClock } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { answering, callFour, fourInSession, fourWith, PATTERNS } from "../support/four.ts";
import { pairs } from "../support/pairs.ts";

interface Text {
  readonly text: string;
}

type Side = "client" | "server";
const Four = fourWith();
const FourInSession = fourInSession();

const ways = pairs.flatMap((pair) =>
  (["client", "server"] as const).map((side) => ({ pair, side, title: `${pair.name}, ${side}` })),
);

async function opened(
  { pair, side }: { pair: (typeof pairs)[number]; side: Side },
  interceptor: Interceptor,
  handlers: ReturnType<typeof answering<CallContext>>,
) {
  const [ofServer, ofClient] = side === "server" ? [[interceptor], []] : [[], [interceptor]];
  const services = [implement(Four, handlers), implement(FourInSession, () => handlers)];
  const both = await pair.open({ services, interceptors: ofServer, onError: () => {} });
  const options = { interceptors: ofClient };
  const session = await both.session(FourInSession, options);
  const callers = [both.client(Four, options), session];
  return {
    callers,
    async [Symbol.asyncDispose]() {
      session.close();
      await both[Symbol.asyncDispose]();
    },
  };
}

describe.each(ways)("$title", (way) => {
  test("metadata: the handler finds what the last interceptor passed on", async () => {
    const change: Interceptor = (call, next) =>
      next({ ...call, metadata: call.metadata.with("added", "yes") });
    const handlers = answering<CallContext>((_, { metadata }) => JSON.stringify([...metadata]));
    await using calls = await opened(way, change, handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        expect(await callFour(caller, pattern, { metadata: { own: "1" } }), pattern).toBe(
          '[["own","1"],["added","yes"]]',
        );
      }
    }
  });

  test("an earlier deadline: it ends call and handler", async () => {
    using clock = fakeClock();
    const change: Interceptor = (call, next) => next({ ...call, deadlineAt: now() + 1_000 });
    let remaining: number | undefined;
    let began = (): void => {};
    let aborted = 0;
    const waiting = ({ remainingMs, signal }: CallContext): Promise<void> => {
      remaining = remainingMs();
      began();
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          aborted += 1;
          resolve();
        });
      });
    };
    const { many: _, chat: __, ...single } = answering<CallContext>(() => "");
    const handlers = {
      ...single,
      one: (_: Text, context: CallContext) => waiting(context).then(() => ({ text: "" })) as never,
      async *many(_: Text, context: CallContext) {
        await waiting(context);
        yield { text: "" };
      },
      async sum(_: AsyncIterable<Text>, context: CallContext) {
        await waiting(context);
        return { text: "" };
      },
      async *chat(_: AsyncIterable<Text>, context: CallContext) {
        await waiting(context);
        yield { text: "" };
      },
    };
    await using calls = await opened(way, change, handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        const begins = new Promise<void>((resolve) => {
          began = resolve;
        });
        const before = aborted;
        const call = callFour(caller, pattern, { timeoutMs: 60_000 }).catch((error) => error);
        await begins;
        expect(remaining).toBeGreaterThan(900);
        expect(remaining).toBeLessThanOrEqual(1_001);
        await clock.advance(1_001);
        expect(await call, pattern).toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
        await expect.poll(() => aborted).toBe(before + 1);
      }
    }
  });

  test("a later deadline: that of the caller stays", async () => {
    const change: Interceptor = (call, next) => next({ ...call, deadlineAt: now() + 3_600_000 });
    const handlers = answering<CallContext>((_, { remainingMs }) => String(remainingMs()));
    await using calls = await opened(way, change, handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        const remaining = await callFour(caller, pattern, { timeoutMs: 60_000 });
        expect(Number(remaining), pattern).toBeLessThanOrEqual(60_001);
      }
    }
  });

  test("an answer without next: the handler does not run", async () => {
    const streams = (call: InterceptedCall) => call.pattern.match(/server|bidi/) !== null;
    async function* answers(): AsyncGenerator<Text> {
      yield { text: "a" };
      yield { text: "cached" };
    }
    const cached: Interceptor = async (call) => (streams(call) ? answers() : { text: "cached" });
    let handled = 0;
    await using calls = await opened(
      way,
      cached,
      answering(() => String(++handled)),
    );
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        expect(await callFour(caller, pattern), pattern).toBe("cached");
      }
    }
    expect(handled).toBe(0);
  });

  test("errors: mapCall changes those of single responses and of streams", async () => {
    const seen: unknown[] = [];
    const mapped: Interceptor = (call, next) =>
      mapCall(call, next, {
        error(error) {
          seen.push(error);
          return new RpcError(StatusCode.NOT_FOUND, "mapped", { cause: error });
        },
      });
    const handlers = answering(() => {
      throw new RpcError(StatusCode.DATA_LOSS, "gone");
    });
    await using calls = await opened(way, mapped, handlers);
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        seen.length = 0;
        await expect(callFour(caller, pattern), pattern).rejects.toMatchObject({
          code: StatusCode.NOT_FOUND,
          rawMessage: "mapped",
        });
        expect(seen).toMatchObject([{ code: StatusCode.DATA_LOSS }]);
      }
    }
  });

  test("messages: mapCall changes requests and responses", async () => {
    const mapped: Interceptor = (call, next) =>
      mapCall(call, next, {
        request: ({ text }: Text) => ({ text: `${text}!` }),
        response: async ({ text }: Text) => ({ text: text.toUpperCase() }),
      });
    await using calls = await opened(
      way,
      mapped,
      answering((text) => `<${text}>`),
    );
    for (const caller of calls.callers) {
      for (const pattern of PATTERNS) {
        expect(await callFour(caller, pattern, {}, "a"), pattern).toBe("<A!>");
      }
    }
  });

  test("a mapping that throws ends the call with its error", async () => {
    for (const key of ["request", "response"] as const) {
      const throwing: Interceptor = (call, next) =>
        mapCall(call, next, {
          [key]: () => {
            throw new RpcError(StatusCode.OUT_OF_RANGE, "too much");
          },
        });
      await using calls = await opened(
        way,
        throwing,
        answering((text) => text),
      );
      for (const caller of calls.callers) {
        for (const pattern of PATTERNS) {
          await expect(callFour(caller, pattern), `${key} of ${pattern}`).rejects.toMatchObject({
            code: StatusCode.OUT_OF_RANGE,
          });
        }
      }
    }
  });
});

describe("a mapped stream", () => {
  class Source implements AsyncIterableIterator<number> {
    pulled = 0;
    left = 0;

    async next(): Promise<IteratorResult<number>> {
      this.pulled += 1;
      return { done: false, value: this.pulled };
    }

    async return(): Promise<IteratorResult<number>> {
      this.left += 1;
      return { done: true, value: undefined };
    }

    [Symbol.asyncIterator](): this {
      return this;
    }
  }

  const call = { pattern: "server_stream", request: {} } as InterceptedCall;
  const double = (source: Source) =>
    mapCall(call, async () => source, { response: (n: number) => 2 * n }) as Promise<
      AsyncIterableIterator<number>
    >;

  test("is read one by one, when its reader asks", async () => {
    const source = new Source();
    const stream = await double(source);
    expect(source.pulled).toBe(0);
    expect(await stream.next()).toEqual({ done: false, value: 2 });
    await new Promise(setImmediate);
    expect(source.pulled).toBe(1);
    await stream.return?.();
    expect(source).toMatchObject({ pulled: 1, left: 1 });
  });

  test("ends its source when the reader leaves before the first message", async () => {
    const source = new Source();
    for await (const _ of await double(source)) break;
    await (await double(source)).return?.();
    expect(source.left).toBe(2);
  });
});
