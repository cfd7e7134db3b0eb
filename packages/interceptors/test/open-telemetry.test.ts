// Traces and metrics with a real OpenTelemetry SDK.
import {
  bidiStream,
  type Client,
  clientStream,
  defineService,
  implement,
  Metadata,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { servicePair } from "@aster/rpc/testing";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { OpenTelemetryInterceptor, openTelemetry } from "../src/open-telemetry.ts";
import { fakeCall } from "./fake-call.ts";
import { TelemetrySdk } from "./telemetry-sdk.ts";

const Text = wireType("telemetrytest/Text", { text: z.string() });
const methods = {
  say: unary(Text, Text, { idempotent: true }),
  repeat: serverStream(Text, Text),
  collect: clientStream(Text, Text),
  chat: bidiStream(Text, Text),
  wait: unary(Text, Text),
  fail: unary(Text, Text),
};
const Front = defineService("Front", {}, methods);
const Back = defineService("Back", {}, methods);
const FrontSession = defineService("FrontSession", { scoped: "session" }, { say: methods.say });
type Calls = Client<typeof Back>;
type Message = { text: string };

async function* numbered({ text }: Message): AsyncGenerator<Message> {
  for (let n = 1; n <= 3; n++) yield { text: `${text}${n}` };
}

async function joined(messages: AsyncIterable<Message>): Promise<string> {
  let all = "";
  for await (const { text } of messages) all += text;
  return all;
}

const back = implement(Back, {
  say: async (request) => request,
  repeat: numbered,
  collect: async (requests) => ({ text: await joined(requests) }),
  chat: async function* (requests) {
    for await (const request of requests) yield request;
  },
  wait: (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
  fail: async ({ text }) => {
    if (text === "crash") throw new Error("the password is hunter-two");
    throw new RpcError(StatusCode.NOT_FOUND, `no ${text}`);
  },
});

/** Passes every call on to `Back`. */
function front(next: () => Calls) {
  return implement(Front, {
    say: (request) => next().say(request),
    repeat: async function* (request) {
      yield* next().repeat(request);
    },
    collect: (requests) => next().collect(requests),
    chat: async function* (requests) {
      yield* next().chat(requests);
    },
    wait: (request, { signal }) => next().wait(request, { signal }),
    fail: (request) => next().fail(request),
  });
}

let sdk: TelemetrySdk;
beforeEach(() => {
  sdk = new TelemetrySdk();
  sdk.register();
});
afterEach(() => sdk.unregister());

/** Starts both servers: a client calls the one, whose handlers call the other. */
async function chainOf(transport: "memory" | "quic") {
  const interceptors = [openTelemetry()];
  const sides = { interceptors, client: { interceptors }, transport, onError: () => {} };
  const stack = new AsyncDisposableStack();
  const inner = stack.use(await servicePair({ ...sides, services: [back] }));
  const calls = inner.client.client(Back);
  const inSession = implement(FrontSession, () => ({ say: (request) => calls.say(request) }));
  const outer = stack.use(
    await servicePair({ ...sides, services: [front(() => calls), inSession] }),
  );
  return {
    inner,
    outer,
    calls: outer.client.client(Front),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Waits for the four spans of a call, and returns them from the client to the last server. */
async function spansOf(): Promise<
  readonly [ReadableSpan, ReadableSpan, ReadableSpan, ReadableSpan]
> {
  await expect.poll(() => sdk.ended.length, { timeout: 10_000 }).toBe(4);
  const path: ReadableSpan[] = [];
  let next = sdk.ended.find(({ parentSpanContext }) => parentSpanContext === undefined);
  while (next !== undefined) {
    const { spanId } = next.spanContext();
    path.push(next);
    next = sdk.ended.find(({ parentSpanContext }) => parentSpanContext?.spanId === spanId);
  }
  expect(path).toHaveLength(4);
  return path as unknown as readonly [ReadableSpan, ReadableSpan, ReadableSpan, ReadableSpan];
}

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each<[string, number, number, (calls: Calls) => Promise<unknown>]>([
    ["say", 1, 1, (calls) => calls.say({ text: "a" })],
    ["repeat", 1, 3, (calls) => joined(calls.repeat({ text: "a" }))],
    ["collect", 2, 1, (calls) => calls.collect([{ text: "a" }, { text: "b" }])],
    ["chat", 2, 2, (calls) => joined(calls.chat([{ text: "a" }, { text: "b" }]))],
  ])("%s: one trace from the client over two servers", async (method, requests, responses, run) => {
    await using chain = await chainOf(transport);
    await run(chain.calls as unknown as Calls);
    const spans = await spansOf();
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(spans.map(({ name }) => name)).toEqual([
      `Front/${method}`,
      `Front/${method}`,
      `Back/${method}`,
      `Back/${method}`,
    ]);
    expect(spans.map(({ kind }) => kind)).toEqual([
      SpanKind.CLIENT,
      SpanKind.SERVER,
      SpanKind.CLIENT,
      SpanKind.SERVER,
    ]);
    const [client, server] = spans;
    expect(server.parentSpanContext?.isRemote).toBe(true);
    for (const span of spans) {
      expect(span.instrumentationScope).toMatchObject({ name: "aster.rpc" });
      expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
      expect(span.attributes).toMatchObject({
        "rpc.system.name": "aster",
        "rpc.method": span.name,
        "rpc.status_code": "OK",
        "rpc.aster.requests": requests,
        "rpc.aster.responses": responses,
      });
      expect(span.attributes).not.toHaveProperty("error.type");
    }
    expect(client.attributes["server.address"]).toBe(chain.outer.server.endpointId);
    expect(server.attributes["rpc.aster.peer"]).toBe(chain.outer.client.node.id);
  });

  test("the calls of a session join the trace", async () => {
    await using chain = await chainOf(transport);
    await using session = await chain.outer.client.session(FrontSession);
    await session.say({ text: "a" });
    const spans = await spansOf();
    expect(spans.map(({ name }) => name)).toEqual([
      "FrontSession/say",
      "FrontSession/say",
      "Back/say",
      "Back/say",
    ]);
  });

  test("a cancelled call ends all spans with CANCELLED", async () => {
    await using chain = await chainOf(transport);
    const caller = new AbortController();
    const call = chain.calls.wait({ text: "a" }, { signal: caller.signal });
    await expect.poll(() => chain.inner.server.stats().calls, { timeout: 10_000 }).toBe(1);
    caller.abort();
    await expect(call).rejects.toMatchObject({ code: StatusCode.CANCELLED });
    const spans = await spansOf();
    expect(spans.map(({ attributes }) => attributes["rpc.status_code"])).toEqual([
      "CANCELLED",
      "CANCELLED",
      "CANCELLED",
      "CANCELLED",
    ]);
    // on a server the caller's own decision is not an error
    expect(spans.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
  });

  test("a call ends all spans at its deadline", async () => {
    await using chain = await chainOf(transport);
    const call = chain.calls.wait({ text: "a" }, { timeoutMs: 100 });
    await expect(call).rejects.toMatchObject({ code: StatusCode.DEADLINE_EXCEEDED });
    const [client, server] = await spansOf();
    expect(client.attributes).toMatchObject({
      "rpc.status_code": "DEADLINE_EXCEEDED",
      "error.type": "DEADLINE_EXCEEDED",
    });
    expect(client.status.code).toBe(SpanStatusCode.ERROR);
    // the reset of the client may arrive before the server's own timer fires
    expect(server.attributes["rpc.status_code"]).toMatch(/^(DEADLINE_EXCEEDED|CANCELLED)$/);
  });

  test("the span of a stream lasts until its reader leaves", async () => {
    await using chain = await chainOf(transport);
    for await (const _ of chain.calls.repeat({ text: "a" })) {
      // those of the servers may have ended, because they have sent everything
      const names = sdk.ended
        .filter(({ kind }) => kind === SpanKind.CLIENT)
        .map(({ name }) => name);
      expect(names).not.toContain("Front/repeat");
      break;
    }
    const [client] = await spansOf();
    expect(client.attributes["rpc.status_code"]).toBe("CANCELLED");
  });

  test("errors have their status, and the server's exceptions stay concealed", async () => {
    await using chain = await chainOf(transport);
    await expect(chain.calls.fail({ text: "Ada" })).rejects.toThrow("no Ada");
    const [client, server] = await spansOf();
    expect(client.status).toEqual({ code: SpanStatusCode.ERROR, message: "no Ada" });
    expect(client.attributes).toMatchObject({
      "rpc.status_code": "NOT_FOUND",
      "error.type": "NOT_FOUND",
    });
    expect(server.attributes["rpc.status_code"]).toBe("NOT_FOUND");
    expect(server.attributes).not.toHaveProperty("error.type");
    expect(server.status.code).toBe(SpanStatusCode.UNSET);
    sdk.spans.reset();
    await expect(chain.calls.fail({ text: "crash" })).rejects.toMatchObject({
      code: StatusCode.UNKNOWN,
    });
    const spans = await spansOf();
    expect(spans[3].attributes["error.type"]).toBe("UNKNOWN");
    expect(spans[3].status.message).toMatch(/^internal error \[[0-9a-f]{16}\]$/);
    const seen = spans.map(({ attributes, status, events }) => ({ attributes, status, events }));
    expect(JSON.stringify(seen)).not.toContain("hunter-two");
  });

  test("baggage reaches the handlers of all servers, and later calls start their own traces", async () => {
    const seen: (string | undefined)[] = [];
    const see: Interceptor = (call, next) => {
      seen.push(propagation.getActiveBaggage()?.getEntry("tenant")?.value);
      return next(call);
    };
    const interceptors = [openTelemetry(), see];
    const pair = await servicePair({
      services: [back],
      transport,
      interceptors,
      client: { interceptors },
    });
    await using _ = pair;
    const calls = pair.client.client(Back);
    const baggage = propagation.createBaggage({ tenant: { value: "Ärger & Söhne" } });
    await context.with(propagation.setBaggage(context.active(), baggage), () =>
      calls.say({ text: "a" }),
    );
    await calls.say({ text: "b" });
    expect(seen).toEqual(["Ärger & Söhne", "Ärger & Söhne", undefined, undefined]);
    await expect.poll(() => sdk.ended.length, { timeout: 10_000 }).toBe(4);
    expect(new Set(sdk.ended.map((span) => span.spanContext().traceId)).size).toBe(2);
  });
});

describe("the trace context of a caller", () => {
  const TRACE = "0af7651916cd43dd8448eb211c80319c";
  const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;

  /** Calls a traced server with these metadata, and returns its span. */
  async function spanFor(
    metadata: Record<string, string> | Metadata,
    options: Parameters<typeof openTelemetry>[0] = {},
  ): Promise<ReadableSpan> {
    const interceptor = openTelemetry(options);
    const call = fakeCall({ side: "server", metadata: Metadata.from(metadata) });
    await interceptor(call, async () => undefined);
    const [span] = sdk.ended;
    if (span === undefined || sdk.ended.length > 1) throw new Error("not one span");
    return span;
  }

  test("is the parent by default", async () => {
    const span = await spanFor({ traceparent: PARENT, tracestate: "a=1" });
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.spanContext().traceState?.serialize()).toBe("a=1");
    expect(span.links).toEqual([]);
  });

  test("can be a link, or ignored, by call", async () => {
    const linked = await spanFor({ traceparent: PARENT }, { callerContext: "link" });
    expect(linked.spanContext().traceId).not.toBe(TRACE);
    expect(linked.parentSpanContext).toBeUndefined();
    expect(linked.links).toMatchObject([{ context: { traceId: TRACE } }]);
    sdk.spans.reset();
    const ignored = await spanFor(
      { traceparent: PARENT, baggage: "a=1" },
      { callerContext: ({ roles }) => (roles.has("internal") ? "parent" : "ignore") },
    );
    expect(ignored.spanContext().traceId).not.toBe(TRACE);
    expect(ignored.links).toEqual([]);
    sdk.spans.reset();
    const without = await spanFor({}, { callerContext: "link" });
    expect(without.links).toEqual([]);
  });

  test.each<[string, [string, string][]]>([
    ["64 KiB", [["traceparent", "a".repeat(65_536)]]],
    ["a bad version", [["traceparent", `ff-${TRACE}-b7ad6b7169203331-01`]]],
    ["zeros", [["traceparent", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`]]],
    ["control characters", [["traceparent", `${PARENT}\r\nx: y`]]],
    [
      "empty values",
      [
        ["traceparent", ""],
        ["tracestate", ""],
        ["baggage", ""],
      ],
    ],
    [
      "broken escapes",
      [
        ["traceparent", "%"],
        ["baggage", "a=%E0%A4%A,b=%,=,;;,c"],
      ],
    ],
    ["names of object properties", [["baggage", "__proto__=1,constructor=2"]]],
    [
      "a very long state",
      [
        ["traceparent", "00"],
        ["tracestate", "a=b,".repeat(16_384)],
      ],
    ],
  ])("does no harm when it is invalid: %s", async (_what, pairs) => {
    const span = await spanFor(Metadata.from(pairs));
    expect(span.spanContext().traceId).not.toBe(TRACE);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes["rpc.status_code"]).toBe("OK");
    expect(Object.keys({})).toEqual([]);
  });

  test("above the limits of metadata is refused before the interceptors", async () => {
    const interceptors = [openTelemetry()];
    await using pair = await servicePair({ services: [back], interceptors, transport: "quic" });
    const calls = pair.client.client(Back);
    const call = calls.say({ text: "a" }, { metadata: { traceparent: "0".repeat(65_536) } });
    await expect(call).rejects.toMatchObject({ code: StatusCode.RESOURCE_EXHAUSTED });
    expect(await calls.say({ text: "a" })).toEqual({ text: "a" });
  });

  test("a propagator that throws does not fail the call", async () => {
    const broken = {
      inject: () => {
        throw new Error("inject");
      },
      extract: () => {
        throw new Error("extract");
      },
      fields: () => [],
    };
    const interceptor = openTelemetry({ propagator: broken });
    for (const side of ["client", "server"] as const) {
      expect(await interceptor(fakeCall({ side }), async () => "fine")).toBe("fine");
    }
    expect(sdk.ended).toHaveLength(2);
  });
});

describe("the metadata of a client", () => {
  async function sent(
    metadata: Record<string, string>,
    options: Parameters<typeof openTelemetry>[0] = {},
  ): Promise<Metadata> {
    let passed = Metadata.empty;
    await openTelemetry(options)(fakeCall({ metadata: Metadata.from(metadata) }), async (call) => {
      passed = Metadata.from(call.metadata);
    });
    return passed;
  }

  test("has the context of the span, in place of an earlier one", async () => {
    const metadata = await sent({ user: "Ada", traceparent: "old" });
    const { traceId, spanId } = (sdk.ended[0] as ReadableSpan).spanContext();
    expect([...metadata]).toEqual([
      ["user", "Ada"],
      ["traceparent", `00-${traceId}-${spanId}-01`],
    ]);
  });

  test("has no context with propagate: false, or where its function says so", async () => {
    expect([...(await sent({ user: "Ada" }, { propagate: false }))]).toEqual([["user", "Ada"]]);
    const propagate = ({ service }: { service: string }): boolean => service !== "Echo";
    expect([...(await sent({}, { propagate }))]).toEqual([]);
  });

  test("leaves out what does not fit into the limits", async () => {
    const entry = { value: "x".repeat(4_000) };
    const baggage = propagation.createBaggage({ a: entry });
    const active = propagation.setBaggage(context.active(), baggage);
    const metadata = await context.with(active, () =>
      sent({ one: "y".repeat(4_000), two: "z".repeat(4_000) }),
    );
    expect([...metadata.keys()]).toEqual(["one", "two", "traceparent"]);
  });
});

test("attempts after the first have an attribute", async () => {
  const interceptor = openTelemetry();
  await interceptor(fakeCall(), async () => undefined);
  await interceptor(fakeCall({ attempt: 2 }), async () => undefined);
  expect(sdk.ended.map(({ attributes }) => attributes["rpc.aster.attempt"])).toEqual([
    undefined,
    2,
  ]);
});

test("measures calls under the names of Aster and of the conventions", async () => {
  const interceptors = [openTelemetry()];
  await using pair = await servicePair({
    services: [back],
    interceptors,
    client: { interceptors },
    onError: () => {},
  });
  const calls = pair.client.client(Back);
  await calls.say({ text: "a" });
  await expect(calls.fail({ text: "crash" })).rejects.toThrow();
  await expect.poll(() => sdk.ended.length, { timeout: 10_000 }).toBe(4);
  const collected = await sdk.collected();
  const of = (side: string) => ({ side, service: "Back" });
  expect(collected["aster.rpc.started"]?.points).toHaveLength(4);
  expect(collected["aster.rpc.started"]?.points).toContainEqual({
    attributes: { ...of("client"), method: "say", pattern: "unary" },
    value: 1,
  });
  expect(collected["aster.rpc.completed"]?.points).toHaveLength(4);
  expect(collected["aster.rpc.completed"]?.points).toContainEqual({
    attributes: { ...of("server"), method: "fail", status: "UNKNOWN" },
    value: 1,
  });
  expect(collected["aster.rpc.duration"]).toMatchObject({ unit: "s" });
  const server = collected["rpc.server.call.duration"];
  expect(server?.unit).toBe("s");
  expect(server?.points.map(({ attributes }) => attributes)).toEqual([
    { "rpc.system.name": "aster", "rpc.method": "Back/say", "rpc.status_code": "OK" },
    {
      "rpc.system.name": "aster",
      "rpc.method": "Back/fail",
      "rpc.status_code": "UNKNOWN",
      "error.type": "UNKNOWN",
    },
  ]);
  expect(server?.points[0]?.value).toMatchObject({
    count: 1,
    buckets: {
      boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
  });
  const client = collected["rpc.client.call.duration"];
  expect(client?.points[0]?.attributes).toMatchObject({
    "server.address": pair.server.endpointId,
  });
});

test("uses given providers, and none without any", async () => {
  sdk.unregister();
  const plain = openTelemetry();
  expect(await plain(fakeCall(), async () => "fine")).toBe("fine");
  const other = new TelemetrySdk();
  const { tracerProvider, meterProvider, propagator } = other;
  const given = openTelemetry({ tracerProvider, meterProvider, propagator });
  await given(fakeCall(), async ({ metadata }) => expect(metadata.has("traceparent")).toBe(true));
  expect(sdk.ended).toHaveLength(0);
  expect(other.ended).toHaveLength(1);
  expect(Object.keys(await other.collected())).toContain("rpc.client.call.duration");
  // a provider that is registered later
  sdk.register();
  await plain(fakeCall(), async () => undefined);
  expect(sdk.ended).toHaveLength(1);
});

test("runs the call in the context of its span", async () => {
  await openTelemetry()(fakeCall(), async () => {
    expect(trace.getActiveSpan()?.isRecording()).toBe(true);
  });
  expect(trace.getActiveSpan()).toBeUndefined();
});

test("cuts the text of an error", async () => {
  const error = new RpcError(StatusCode.INTERNAL, "x".repeat(5_000));
  await expect(openTelemetry()(fakeCall(), () => Promise.reject(error))).rejects.toBe(error);
  expect(sdk.ended[0]?.status.message).toBe("x".repeat(256));
});

test.each<[object, string]>([
  [{ propagate: "yes" }, 'option propagate must be a boolean or a function, got "yes"'],
  [{ callerContext: "trust" }, "option callerContext must be"],
  [{ tracer: 1 }, "unknown option tracer"],
])("refuses the options %j", (options, text) => {
  expect(() => openTelemetry(options as never)).toThrow(text);
  expect(() => new OpenTelemetryInterceptor(options as never)).toThrow(text);
});
