// Options of services: interceptors, concurrency limits, versions and requirements.
import {
  type AdmissionGate,
  allOf,
  anyOf,
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { local, quic, ways } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";
import { RawCall, rawPair } from "../support/raw-peer.ts";
import { hello, joined, json, statusOf } from "../support/raw-say.ts";

const noting =
  (lines: string[], name: string): Interceptor =>
  async (call, next) => {
    lines.push(`${name} > ${call.method}`);
    try {
      return await next(call);
    } catch (error) {
      lines.push(`${name} ! ${(error as RpcError).code}`);
      throw error;
    } finally {
      lines.push(`${name} <`);
    }
  };

async function codeOf(work: PromiseLike<unknown>): Promise<number> {
  return work.then(
    () => StatusCode.OK,
    (error: unknown) => (error as RpcError).code,
  );
}

async function read(stream: AsyncIterable<{ text: string }>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of stream) texts.push(text);
  return texts;
}

describe.each(ways)("interceptors, $title", ({ pair, mode }) => {
  test("run in the order server, service, method, handler, and back, in every pattern", async () => {
    const lines: string[] = [];
    const own = { interceptors: [noting(lines, "method a"), noting(lines, "method b")] };
    const Four = defineService(
      "Four",
      { interceptors: [noting(lines, "service")] },
      {
        unary: unary(Text, Text, own),
        serverStream: serverStream(Text, Text, own),
        clientStream: clientStream(Text, Text, own),
        bidi: bidiStream(Text, Text, own),
        bare: unary(Text, Text),
      },
    );
    const four = implement(Four, {
      unary: () => ({}),
      async *serverStream() {},
      clientStream: () => ({}),
      async *bidi() {},
      bare: () => ({}),
    });
    await using opened = await pair.open({
      services: [four],
      interceptors: [noting(lines, "server")],
    });
    const client = opened.client(Four, { serialization: mode });
    const calls = {
      unary: () => client.unary({}),
      serverStream: () => read(client.serverStream({})),
      clientStream: () => client.clientStream([]),
      bidi: () => read(client.bidi([])),
    };
    for (const [name, call] of Object.entries(calls)) {
      lines.length = 0;
      await call();
      expect(lines).toEqual([
        ...["server", "service", "method a", "method b"].map((one) => `${one} > ${name}`),
        ...["method b", "method a", "service", "server"].map((one) => `${one} <`),
      ]);
    }
    lines.length = 0;
    await client.bare({});
    expect(lines).toEqual(["server > bare", "service > bare", "service <", "server <"]);
  });

  test("may answer themselves, map errors, and see errors of the handler", async () => {
    const lines: string[] = [];
    const cached: Interceptor = async (call, next) => {
      const { text } = call.request as { text: string };
      return text === "cached" ? { text: "from the cache" } : next(call);
    };
    const mapped: Interceptor = async (call, next) => {
      try {
        return await next(call);
      } catch (error) {
        if ((error as Error).message !== "no such row") throw error;
        throw new RpcError(StatusCode.NOT_FOUND, "nothing there", { cause: error });
      }
    };
    let handled = 0;
    const Rows = defineService(
      "Rows",
      { interceptors: [noting(lines, "outer")] },
      { get: unary(Text, Text, { interceptors: [mapped, cached] }) },
    );
    const rows = implement(Rows, {
      get({ text }) {
        handled += 1;
        if (text === "lost") throw new Error("no such row");
        if (text === "odd") throw new RpcError(StatusCode.DATA_LOSS, "gone");
        return { text };
      },
    });
    await using opened = await pair.open({ services: [rows], onError: () => {} });
    const client = opened.client(Rows, { serialization: mode });
    expect(await client.get({ text: "cached" })).toEqual({ text: "from the cache" });
    expect(handled).toBe(0);
    expect(await client.get({ text: "x" })).toEqual({ text: "x" });
    expect(await codeOf(client.get({ text: "lost" }))).toBe(StatusCode.NOT_FOUND);
    expect(await codeOf(client.get({ text: "odd" }))).toBe(StatusCode.DATA_LOSS);
    expect(lines.filter((line) => line.includes("!"))).toEqual(["outer ! 5", "outer ! 15"]);
  });
});

/** A service with a method of each pattern, which answers when the gate opens. */
function gated(
  service: { maxConcurrentCalls?: number; maxConcurrentStreams?: number },
  method: { maxConcurrentCalls?: number },
) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const Gated = defineService("Gated", service, {
    unary: unary(Text, Text, method),
    serverStream: serverStream(Text, Text, method),
    clientStream: clientStream(Text, Text, method),
    bidi: bidiStream(Text, Text, method),
    free: unary(Text, Text),
  });
  const once = async () => {
    await opened;
    return {};
  };
  async function* many() {
    await opened;
    yield {};
  }
  const served = implement(Gated, {
    unary: once,
    serverStream: many,
    clientStream: once,
    bidi: many,
    free: () => ({}),
  });
  return { Gated, served, open };
}

describe.each([local, quic])("concurrency limits, $name", (pair) => {
  test.each(["unary", "serverStream", "clientStream", "bidi"] as const)(
    "of a method: %s",
    async (pattern) => {
      const { Gated, served, open } = gated({}, { maxConcurrentCalls: 2 });
      await using opened = await pair.open({ services: [served] });
      const client = opened.client(Gated);
      const go = () =>
        pattern === "unary"
          ? codeOf(client.unary({}))
          : pattern === "clientStream"
            ? codeOf(client.clientStream([{}]))
            : codeOf(read(pattern === "bidi" ? client.bidi([{}]) : client.serverStream({})));
      const two = [go(), go()];
      await expect.poll(() => opened.calls()).toBe(2);
      expect(await go()).toBe(StatusCode.RESOURCE_EXHAUSTED);
      expect(await codeOf(client.free({}))).toBe(StatusCode.OK);
      open();
      expect(await Promise.all(two)).toEqual([0, 0]);
      await expect.poll(() => opened.calls()).toBe(0);
      expect(await go()).toBe(StatusCode.OK);
    },
  );

  test.each(["maxConcurrentCalls", "maxConcurrentStreams"] as const)(
    "of a service: %s",
    async (limit) => {
      const { Gated, served, open } = gated({ [limit]: 2 }, {});
      await using opened = await pair.open({ services: [served] });
      const client = opened.client(Gated);
      const two = [codeOf(client.unary({})), codeOf(read(client.bidi([{}])))];
      await expect.poll(() => opened.calls()).toBe(2);
      const error = await client.free({}).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: StatusCode.RESOURCE_EXHAUSTED,
        rawMessage: `2 calls of Gated are running already (${limit}); retry when one has ended`,
        details: { reason: `limit.${limit}` },
      });
      open();
      expect(await Promise.all(two)).toEqual([0, 0]);
      await expect.poll(() => opened.calls()).toBe(0);
      expect(await codeOf(client.free({}))).toBe(StatusCode.OK);
    },
  );
});

describe("versions", () => {
  const versioned = (version: number) => {
    const definition = defineService("Which", { version }, { which: unary(Text, Text) });
    return implement(definition, { which: () => ({ text: `v${version}` }) });
  };

  test("are chosen by the header, and listed when none fits", async () => {
    const server = new Server({ services: [versioned(10), versioned(2), versioned(1)] });
    await using pair = await rawPair(server);
    const say = async (version: number) => {
      const header = json({ service: "Which", method: "which", version });
      return new RawCall(pair.raw).send(joined(header, hello), true).answer();
    };
    for (const version of [1, 2, 10]) {
      expect(new TextDecoder().decode((await say(version)).data[0])).toBe(`{"text":"v${version}"}`);
    }
    expect(statusOf(await say(3))).toMatchObject({
      code: StatusCode.NOT_FOUND,
      message: "Service 'Which' v3 not found; this server hosts v1, v2, v10",
    });
  });

  test("1 finds the only version, and with several versions version 1 alone", async () => {
    const first = async (...services: object[]) => {
      await using pair = await rawPair(new Server({ services }));
      const header = json({ service: "Which", method: "which", version: 1 });
      const answer = await new RawCall(pair.raw).send(joined(header, hello), true).answer();
      return statusOf(answer).code;
    };
    expect(await first(versioned(7))).toBe(StatusCode.OK);
    expect(await first(versioned(7), versioned(8))).toBe(StatusCode.NOT_FOUND);
    expect(await first(versioned(7), versioned(1))).toBe(StatusCode.OK);
  });
});

describe("requires", () => {
  const { definition, served } = (() => {
    const definition = defineService(
      "Guarded",
      { requires: anyOf("staff", "admin") },
      {
        bare: unary(Text, Text),
        one: unary(Text, Text, { requires: allOf("admin", "night") }),
        serverStream: serverStream(Text, Text, { requires: "admin" }),
        clientStream: clientStream(Text, Text, { requires: "admin" }),
        bidi: bidiStream(Text, Text, { requires: "admin" }),
      },
    );
    const served = implement(definition, {
      bare: () => ({}),
      one: () => ({}),
      async *serverStream() {},
      clientStream: () => ({}),
      async *bidi() {},
    });
    return { definition, served };
  })();

  test.each([
    ["staff", [0, 7, 7, 7, 7]],
    ["admin", [0, 7, 0, 0, 0]],
    ["admin,night", [0, 0, 0, 0, 0]],
    ["night", [7, 7, 7, 7, 7]],
    ["", [7, 7, 7, 7, 7]],
    ["Admin, ADMIN", [7, 7, 7, 7, 7]],
  ])("of service and method hold together: %s", async (roles, codes) => {
    const gate: AdmissionGate = {
      open: false,
      admit: () => ({ admitted: true, attributes: { "aster.role": roles } }),
    };
    await using pair = await servicePair({ services: [served], gate });
    const client = pair.client.client(definition);
    // metadata of the caller are not roles
    const options = { metadata: { "aster.role": "admin,night,staff" } };
    expect([
      await codeOf(client.bare({}, options)),
      await codeOf(client.one({}, options)),
      await codeOf(read(client.serverStream({}, options))),
      await codeOf(client.clientStream([], options)),
      await codeOf(read(client.bidi([], options))),
    ]).toEqual(codes);
    const denied = codes.filter((code) => code !== 0).length;
    expect(pair.server.stats().callsTotal).toBe(codes.length - denied);
  });
});
