import {
  AsterServer,
  createLocalClient,
  currentCall,
  defineService,
  implement,
  RpcError,
  StatusCode,
  unary,
} from "@aster/rpc";
import type { CallMetadata, InterceptedCall, Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { describe, expect, test } from "vitest";
import { local, ways } from "../support/pairs.ts";
import { Probe, probe, Text } from "../support/probe.ts";

const noting =
  (lines: string[], name: string): Interceptor =>
  async (call, next) => {
    lines.push(`${name} > ${call.method}`);
    try {
      return await next(call);
    } finally {
      lines.push(`${name} <`);
    }
  };

async function* upper(stream: AsyncIterable<{ text: string }>): AsyncIterable<{ text: string }> {
  for await (const { text } of stream) yield { text: text.toUpperCase() };
}

describe.each(ways)("$title", ({ pair, mode }) => {
  test("run from the outside in, those of the client around those of the server", async () => {
    const lines: string[] = [];
    await using opened = await pair.open({
      services: [probe()],
      interceptors: [noting(lines, "server a"), noting(lines, "server b")],
    });
    const client = opened.client(Probe, {
      serialization: mode,
      interceptors: [noting(lines, "client a"), noting(lines, "client b")],
    });
    expect(await client.echo({ text: "x" })).toEqual({ text: "x" });
    expect(lines).toEqual([
      ...["client a > echo", "client b > echo", "server a > echo", "server b > echo"],
      ...["server b <", "server a <", "client b <", "client a <"],
    ]);
  });

  test("can change requests, responses and streams", async () => {
    const shout: Interceptor = async (call, next) => {
      if (call.pattern === "unary") {
        const { text } = (await next(call)) as { text: string };
        return { text: text.toUpperCase() };
      }
      const requests = upper(call.request as AsyncIterable<{ text: string }>);
      return upper((await next({ ...call, request: requests })) as AsyncIterable<{ text: string }>);
    };
    for (const side of ["client", "server"]) {
      const interceptors = [shout];
      await using opened = await pair.open({
        services: [probe()],
        ...(side === "server" ? { interceptors } : {}),
      });
      const client = opened.client(Probe, {
        serialization: mode,
        ...(side === "client" ? { interceptors } : {}),
      });
      expect(await client.echo({ text: "quiet" })).toEqual({ text: "QUIET" });
      async function* requests() {
        yield { text: "a" };
        yield { text: "b" };
      }
      const replies: string[] = [];
      for await (const { text } of client.chat(requests())) replies.push(text);
      expect(replies).toEqual(["A", "B"]);
    }
  });

  test("can refuse calls of every pattern before the handler", async () => {
    const no: Interceptor = () => {
      throw new RpcError(StatusCode.UNAUTHENTICATED, "who are you?", { details: { a: "b" } });
    };
    await using opened = await pair.open({ services: [probe()], interceptors: [no] });
    const client = opened.client(Probe, { serialization: mode });
    const calls = [
      client.echo({}),
      client.count({ n: 1 }).next(),
      client.sum([]),
      client.chat([]).next(),
    ];
    for (const call of calls) {
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: StatusCode.UNAUTHENTICATED, details: { a: "b" } });
    }
    await client.echo({}).catch(() => {});
    expect(opened.calls()).toBe(0);
  });

  test("can call next again on the client", async () => {
    let failures = 2;
    const Shaky = defineService("Shaky", {}, { once: unary(Text, Text, { idempotent: true }) });
    const shaky = implement(Shaky, {
      once({ text }) {
        if (failures-- > 0) throw new RpcError(StatusCode.UNAVAILABLE, "not now");
        return { text };
      },
    });
    const retry: Interceptor = async (call, next) => {
      for (;;) {
        try {
          return await next(call);
        } catch (error) {
          if (!call.idempotent || RpcError.from(error).code !== StatusCode.UNAVAILABLE) throw error;
        }
      }
    };
    await using opened = await pair.open({ services: [shaky] });
    const client = opened.client(Shaky, { serialization: mode, interceptors: [retry] });
    expect(await client.once({ text: "at last" })).toEqual({ text: "at last" });
    expect(failures).toBe(-1);
  });

  test("get peer, method and deadline of a call", async () => {
    const calls: InterceptedCall[] = [];
    const see: Interceptor = (call, next) => {
      calls.push(call);
      return next(call);
    };
    await using opened = await pair.open({ services: [probe()], interceptors: [see] });
    const client = opened.client(Probe, { serialization: mode, interceptors: [see] });
    await client.echo({ text: "x" }, { timeoutMs: 5000, metadata: { trace: "7" } });
    for (const [index, side] of (["client", "server"] as const).entries()) {
      const call = calls[index] as InterceptedCall;
      expect(call).toMatchObject({ side, service: "Probe", version: 1, method: "echo" });
      expect(call).toMatchObject({ pattern: "unary", idempotent: true, request: { text: "x" } });
      expect(call.metadata.get("trace")).toBe("7");
      expect((call.deadlineAt ?? 0) - performance.now()).toBeGreaterThan(4000);
      expect(call.peer).toMatch(/^[0-9a-f]{64}$/);
      expect(call.signal.aborted).toBe(false);
    }
  });

  test("can set metadata and deadline on the client", async () => {
    const add: Interceptor = (call, next) =>
      next({
        ...call,
        metadata: call.metadata.with("token", "t"),
        deadlineAt: performance.now() + 2000,
      });
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode, interceptors: [add] });
    const { metadata, remainingMs } = JSON.parse((await client.context({})).text);
    expect(metadata).toEqual([["token", "t"]]);
    expect(remainingMs).toBeGreaterThan(1000);
  });

  test("that fail during a stream end it with their error, once", async () => {
    const late: Interceptor = async (call, next) => {
      await next(call);
      throw new RpcError(StatusCode.DATA_LOSS, "after all");
    };
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode, interceptors: [late] });
    const error = await client
      .count({ n: 1 })
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: StatusCode.DATA_LOSS });
  });

  test("pass on that a reader leaves a stream", async () => {
    const pass: Interceptor = (call, next) => next(call);
    await using opened = await pair.open({ services: [probe()], interceptors: [pass] });
    const client = opened.client(Probe, { serialization: mode, interceptors: [pass] });
    for await (const { n } of client.endless({ n: 1 })) if (n === 3) break;
    const unread = client.endless({ n: 1 });
    await unread.return?.();
    for (let wait = 0; wait < 50 && opened.calls() > 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(opened.calls()).toBe(0);
  });
});

test("interceptors of a service run for its calls only, inside those of the server", async () => {
  const lines: string[] = [];
  const Own = defineService(
    "Own",
    { interceptors: [noting(lines, "own")] },
    { echo: unary(Text, Text) },
  );
  const own = implement(Own, { echo: ({ text }) => ({ text }) });
  await using opened = await local.open({
    services: [own, probe()],
    interceptors: [noting(lines, "all")],
  });
  await opened.client(Probe).echo({});
  expect(lines).toEqual(["all > echo", "all <"]);
  lines.length = 0;
  await opened.client(Own).echo({});
  expect(lines).toEqual(["all > echo", "own > echo", "own <", "all <"]);
});

test("calls made by interceptors inherit the deadline of the call", async () => {
  let seen: string | undefined;
  const see: Interceptor = async (call, next) => {
    seen = currentCall()?.method;
    return next(call);
  };
  await using opened = await local.open({ services: [probe()], interceptors: [see] });
  await opened.client(Probe).echo({});
  expect(seen).toBe("echo");
});

test("a local client without the codec passes values as they are, and everything else works", async () => {
  const lines: string[] = [];
  const value = { text: "mine" };
  const Same = defineService("Same", {}, { same: unary(Text, Text) });
  let got: unknown;
  const same = implement(Same, {
    same(request) {
      got = request;
      return request;
    },
  });
  const server = new Server({ services: [same], interceptors: [noting(lines, "server")] });
  const direct = createLocalClient(Same, server, { wireCompatible: false });
  expect(await direct.same(value)).toBe(value);
  expect(got).toBe(value);
  expect(lines).toEqual(["server > same", "server <"]);
  const coded = createLocalClient(Same, server);
  expect(await coded.same(value)).not.toBe(value);
  const unfit = { text: 1n } as unknown as { text: string };
  await expect(coded.same(unfit)).rejects.toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
  server.close();
});

test("a local client works with an AsterServer too", async () => {
  await using server = await AsterServer.start({ services: [probe()], network: "none" });
  expect(await createLocalClient(Probe, server).echo({ text: "x" })).toEqual({ text: "x" });
});

test("metadata of another implementation is sent", async () => {
  class Pairs extends Map<string, string> implements CallMetadata {
    getAll = (key: string): string[] => [this.get(key) ?? ""];
    getBytes = (): undefined => undefined;
    getAllBytes = (): Uint8Array[] => [];
    with = (key: string, value: string): Pairs => new Pairs([...this, [key, value]]);
  }
  const replace: Interceptor = (call, next) =>
    next({ ...call, metadata: new Pairs([["token", "t"]]) });
  await using opened = await local.open({ services: [probe()] });
  const client = opened.client(Probe, { interceptors: [replace] });
  expect(JSON.parse((await client.context({})).text)).toMatchObject({ metadata: [["token", "t"]] });
});
