// Errors that are badly made, and callbacks that fail while something else is reported.
import {
  AsterClient,
  AsterServer,
  bidiStream,
  clientStream,
  createLocalClient,
  defineService,
  implement,
  openGate,
  RpcError,
  type ServerFault,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { badErrors, oddValues } from "../support/odd-values.ts";
import { collect, failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Probe, probe, Text } from "../support/probe.ts";

const methods = {
  one: unary(Text, Text),
  early: unary(Text, Text),
  many: serverStream(Text, Text),
  sum: clientStream(Text, Text),
  chat: bidiStream(Text, Text),
};
const Odd = defineService("Odd", {}, methods);
const OddSession = defineService("OddSession", { scoped: "session" }, methods);

const thrown: Record<string, () => unknown> = { ...oddValues };
for (const [name, [make]] of Object.entries(badErrors)) thrown[name] = make;

const raise = (how: string): void => {
  const make = thrown[how];
  if (make !== undefined) throw make();
};
const handlers = {
  async one({ text }: { text: string }) {
    raise(text);
    return { text };
  },
  early({ text }: { text: string }) {
    raise(text);
    return { text };
  },
  async *many({ text }: { text: string }) {
    yield { text };
    raise(text);
  },
  async sum(requests: AsyncIterable<{ text: string }>) {
    for await (const { text } of requests) raise(text);
    return { text: "end" };
  },
  async *chat(requests: AsyncIterable<{ text: string }>) {
    for await (const { text } of requests) {
      yield { text };
      raise(text);
    }
  },
};
const services = [implement(Odd, handlers), implement(OddSession, () => handlers)];

const uncaught: unknown[] = [];
const note = (error: unknown) => void uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
});

afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
  expect(uncaught).toEqual([]);
});

/** Calls the five methods and returns their errors. */
async function errorsOf(client: Awaited<ReturnType<typeof clientsOf>>[number], how: string) {
  const options = { timeoutMs: 3_000 };
  return [
    await failure(client.one({ text: how }, options)),
    await failure(client.early({ text: how }, options)),
    await failure(collect(client.many({ text: how }, options))),
    await failure(client.sum([{ text: how }], options)),
    await failure(collect(client.chat([{ text: how }], options))),
  ];
}

async function clientsOf(opened: Awaited<ReturnType<(typeof pairs)[number]["open"]>>) {
  return [opened.client(Odd), await opened.session(OddSession)] as const;
}

test.each(Object.entries(badErrors))("an RpcError with %s can be made", (_, [make, code, text]) => {
  const error = make();
  expect(error).toBeInstanceOf(RpcError);
  const { code: own } = RpcError.from(error);
  expect(own).toBe(code);
  expect(RpcError.from(error).rawMessage).toMatch(text);
  for (const value of Object.values(RpcError.from(error).details))
    expect(value).toBeTypeOf("string");
});

test("an Error as the message is the cause too", () => {
  const why = new Error("why");
  expect(new RpcError(13, why as never).cause).toBe(why);
  expect(new RpcError(13, why as never, { cause: "other" }).cause).toBe("other");
});

test.each(Object.entries(oddValues))("RpcError.from takes %s", (name, make) => {
  const error = RpcError.from(make());
  expect(error).toBeInstanceOf(RpcError);
  expect(error.code).toBe(StatusCode.UNKNOWN);
  expect([name, typeof error.rawMessage]).toEqual([name, "string"]);
});

describe.each(pairs)("$name", (pair) => {
  test("a badly made error of a handler reaches the caller as a status", async () => {
    await using opened = await pair.open({ services, onError: () => {} });
    for (const client of await clientsOf(opened)) {
      for (const [how, [, code, text]] of Object.entries(badErrors)) {
        for (const error of await errorsOf(client, how)) {
          expect([how, error.code]).toEqual([how, code]);
          expect(error.rawMessage).toMatch(text);
        }
      }
      expect(await client.one({ text: "well" })).toEqual({ text: "well" });
    }
    await expect.poll(() => opened.calls()).toBe(0);
  });

  test("any thrown value is reported and becomes UNKNOWN, in sessions INTERNAL", async () => {
    const faults: ServerFault[] = [];
    await using opened = await pair.open({ services, onError: (fault) => faults.push(fault) });
    const [client, session] = await clientsOf(opened);
    for (const how of Object.keys(oddValues)) {
      for (const error of await errorsOf(client, how)) {
        expect([how, error.code]).toEqual([how, StatusCode.UNKNOWN]);
        expect(error.rawMessage).toContain(faults.shift()?.errorId);
      }
      for (const error of await errorsOf(session, how)) {
        expect([how, error.code]).toEqual([how, StatusCode.INTERNAL]);
        expect(error.rawMessage).toContain(faults.shift()?.errorId);
      }
    }
    expect(faults).toEqual([]);
    await expect.poll(() => opened.calls()).toBe(0);
  });

  test("so is a value that an interceptor throws", async () => {
    const raising: Interceptor = async (call, next) => {
      raise((call.request as { text: string }).text);
      return next(call);
    };
    await using opened = await pair.open({ services, interceptors: [raising], onError: () => {} });
    for (const client of await clientsOf(opened)) {
      for (const how of Object.keys(thrown)) {
        for (const call of [client.one({ text: how }), collect(client.many({ text: how }))]) {
          expect((await failure(call)).code).toBeGreaterThan(0);
        }
      }
      expect(await client.one({ text: "well" })).toEqual({ text: "well" });
    }
  });
});

test("a response that cannot be inspected is a fault of the server", async () => {
  const server = new Server({
    services: [
      implement(Odd, {
        ...handlers,
        early: () => oddValues["a Proxy"]?.() as never,
        one: async () => oddValues["a then that throws"]?.() as never,
      }),
    ],
    onError: () => {},
  });
  const client = createLocalClient(Odd, server);
  expect((await failure(client.early({}))).code).toBe(StatusCode.UNKNOWN);
  expect((await failure(client.one({}))).code).toBe(StatusCode.UNKNOWN);
  expect(server.stats().calls).toBe(0);
  server.close();
});

const failing = {
  "that throw": () => {
    throw new Error("callback failed");
  },
  "that reject": async () => {
    throw new Error("callback failed");
  },
};

/** Collects the process warnings of a test. */
function warningsOf(): { readonly messages: string[]; stop(): void } {
  const messages: string[] = [];
  const listen = ({ message }: Error) => void messages.push(message);
  process.on("warning", listen);
  return { messages, stop: () => void process.off("warning", listen) };
}

test.each(Object.entries(failing))(
  "callbacks %s change nothing and are reported",
  async (_, fail) => {
    const faults: ServerFault[] = [];
    const warnings = warningsOf();
    {
      await using pair = await servicePair({
        services: [probe()],
        onAdmission: fail as () => void,
        onError: (fault) => faults.push(fault),
        client: { onStateChange: fail as () => void },
      });
      const client = pair.client.client(Probe);
      expect(await client.echo({ text: "x" })).toEqual({ text: "x" });
      const trailer = async () => {
        throw new Error("callback failed");
      };
      expect(await client.echo({ text: "x" }, { onTrailer: trailer as () => void })).toEqual({
        text: "x",
      });
    }
    await expect.poll(() => warnings.messages).toContain("onStateChange failed");
    expect(warnings.messages).toContain("onTrailer failed");
    warnings.stop();
    expect(faults).toMatchObject([
      { service: "", method: "onAdmission", cause: { message: "callback failed" } },
    ]);
  },
);

test.each(Object.entries(failing))(
  "an onError of callbacks %s is printed with its fault",
  async (_, fail) => {
    const warnings = warningsOf();
    const server = new Server({ services: [probe()], onError: fail as () => void });
    const error = await failure(createLocalClient(Probe, server).crash({ text: "x" }));
    expect(error.code).toBe(StatusCode.UNKNOWN);
    const id = /\[.+\]/.exec(error.rawMessage)?.[0];
    await vi.waitFor(() =>
      expect(warnings.messages).toEqual([`Probe.crash failed ${id}`, `onError failed for ${id}`]),
    );
    warnings.stop();
    server.close();
  },
);

test("a session whose factory is asynchronous is refused and reported", async () => {
  const faults: ServerFault[] = [];
  const make = async () => {
    throw new Error("no database");
  };
  const session = implement(OddSession, make as never);
  await using pair = await servicePair({ services: [session], onError: (f) => faults.push(f) });
  const opened = await pair.client.session(OddSession);
  expect((await failure(opened.one({}))).code).toBe(StatusCode.INTERNAL);
  expect(faults[0]?.cause).toMatchObject({ message: expect.stringContaining("synchronous") });
});

test("a signal whose reason cannot be read cancels the call", async () => {
  await using pair = await servicePair({ services: [probe()] });
  const abort = new AbortController();
  const call = pair.client.client(Probe).sleep({ n: 5_000 }, { signal: abort.signal });
  setTimeout(() => abort.abort(oddValues["a Proxy"]?.()), 5);
  expect((await failure(call)).code).toBe(StatusCode.CANCELLED);
});

test("a gate that answers with bad attributes denies at once", async () => {
  const admit = () => ({ admitted: true, attributes: { "aster.role": 7 } }) as never;
  await using server = await AsterServer.start({
    services: [probe()],
    network: "none",
    bindAddress: "127.0.0.1:0",
    gate: { ...openGate(), admit },
  });
  const error = await failure(AsterClient.connect(server.address, { network: "none" }));
  expect(error.code).toBe(StatusCode.UNAUTHENTICATED);
});
