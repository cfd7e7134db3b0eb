// Proxies: clients without a definition, with and without a manifest.
import {
  type ContractManifest,
  manifestOf,
  manifestText,
  parseManifest,
} from "@aster/contract/model";
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  type ManifestProxy,
  type ManifestProxyMethod,
  type ProxyMethod,
  proxyMethod,
  type RpcError,
  type ServiceProxy,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { InterceptedCall } from "@aster/rpc/interceptor";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";

const Inner = wireType("dynamic/Inner", { blob: z.instanceof(Uint8Array).nullable() });
const Leaf = wireType("dynamic/Leaf", { deep: z.string() });
const Query = wireType("dynamic/Query", {
  name: z.string(),
  count: z.int64().default(1n),
  ratio: z.number().default(0.5),
  strict: z.boolean().default(false),
  data: z.instanceof(Uint8Array).default(new Uint8Array(0)),
  color: z.enum(["red", "blue"]).default("red"),
  tags: z.array(z.string()).default([]),
  sizes: z.record(z.string(), z.int()).default({}),
  blobs: z.array(z.instanceof(Uint8Array)).default([]),
  inner: Inner.nullable().default(null),
  leaf: Leaf.optional(),
  note: z.string().nullable().default(null),
});
const Echo = defineService(
  "Echo",
  { version: 3 },
  {
    one: unary(Query, Query, { idempotent: true, timeoutMs: 7_000 }),
    many: serverStream(Query, Query),
    sum: clientStream(Query, Query),
    chat: bidiStream(Query, Query),
    inner: unary(Inner, Inner),
    never: unary(Query, Query, { timeoutMs: 40 }),
  },
);
const echo = implement(Echo, {
  one: (request) => request,
  async *many(request) {
    yield request;
    yield request;
  },
  async sum(requests) {
    let count = 0n;
    for await (const request of requests) count += request.count ?? 0n;
    return { name: "sum", count };
  },
  async *chat(requests) {
    for await (const request of requests) yield request;
  },
  inner: (request) => request,
  never: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
});
const manifest = parseManifest(manifestText(manifestOf(Echo)));

async function read(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

type Name = keyof typeof Echo.methods;
const untyped = (client: ServiceProxy, name: Name): ProxyMethod => client[name] as ProxyMethod;
const known = (client: ManifestProxy, name: Name): ManifestProxyMethod =>
  client[name] as ManifestProxyMethod;

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  const open = (): Promise<ServicePair> => servicePair({ services: [echo], transport });

  test("a manifest proxy has all four patterns, with bytes as bytes and defaults of the server", async () => {
    await using pair = await open();
    const client = pair.client.proxy("Echo", { manifest });
    const data = Uint8Array.of(1, 2, 250);
    const request = { name: "Ada", data, blobs: [data], inner: { blob: data }, sizes: { a: 1 } };
    const reply = {
      ...request,
      count: 1,
      ratio: 0.5,
      strict: false,
      color: "red",
      tags: [],
      leaf: null,
      note: null,
    };
    expect(await known(client, "one")(request)).toEqual(reply);
    expect(await read(known(client, "many").stream(request))).toEqual([reply, reply]);
    const count = 2n ** 60n;
    const sum = known(client, "sum").clientStream([
      { name: "", count },
      { name: "", count: 4 },
    ]);
    expect(await sum).toMatchObject({ name: "sum", count: count + 4n });
    expect(await read(known(client, "chat").bidi([request]))).toEqual([reply]);
    expect(Object.keys(client).sort()).toEqual(Object.keys(Echo.methods).sort());
    expect(known(client, "many").manifest?.pattern).toBe("server_stream");
    expect(await Promise.resolve(client)).toBe(client);
  });

  test("without a manifest an awaited stream ends and explains how to read it", async () => {
    await using pair = await open();
    for (const client of [pair.client.proxy("Echo"), pair.client.proxy("Echo", { manifest })]) {
      const stream = untyped(client as ServiceProxy, "many").stream({ name: "x" });
      const error = await failure(stream as unknown as PromiseLike<unknown>);
      expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
      expect(error.message).toMatch(/for await.*Echo\.many\(request\)/);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      const answer = untyped(client as ServiceProxy, "one")({ name: "x" });
      const misread = read(answer as unknown as AsyncIterable<unknown>);
      expect((await failure(misread)).message).toMatch(/call Echo\.one\.stream\(request\)/);
    }
    await expect.poll(() => pair.server.stats().calls).toBe(0);
  });

  test("without a manifest a stream that is called as unary explains how to call it", async () => {
    await using pair = await open();
    const error = await failure(untyped(pair.client.proxy("Echo"), "many")({ name: "x" }));
    expect(error.message).toMatch(
      /if it answers with a stream, call Echo\.many\.stream\(request\)/,
    );
  });
});

describe("with a manifest", () => {
  const open = (): Promise<ServicePair> => servicePair({ services: [echo] });

  test.each<[Name, "call" | "stream" | "clientStream" | "bidi", RegExp]>([
    ["one", "stream", /unary method: call Echo\.one\(request\) instead of Echo\.one\.stream/],
    ["one", "clientStream", /unary method: call Echo\.one\(request\)/],
    ["one", "bidi", /unary method: call Echo\.one\(request\)/],
    ["many", "call", /server_stream method: call Echo\.many\.stream\(request\)/],
    ["many", "bidi", /server_stream method/],
    ["sum", "call", /client_stream method: call Echo\.sum\.clientStream\(requests\)/],
    ["chat", "stream", /bidi_stream method: call Echo\.chat\.bidi\(requests\)/],
  ])("%s in the form %s is refused before it is sent", async (name, form, text) => {
    await using pair = await open();
    const method = known(pair.client.proxy("Echo", { manifest }), name);
    const calls = {
      call: () => method({ name: "x" }),
      stream: () => read(method.stream({ name: "x" })),
      clientStream: () => method.clientStream([{ name: "x" }]),
      bidi: () => read(method.bidi([{ name: "x" }])),
    };
    const error = await failure(calls[form]());
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.rawMessage).toMatch(text);
    expect(pair.server.stats().callsTotal).toBe(0);
  });

  test.each<[string, unknown, RegExp]>([
    ["a missing field", {}, /^the request lacks the field "name"$/],
    ["an unknown field", { name: "x", nome: 1 }, /has no field "nome"; it has name, count/],
    ["an inherited field", { name: "x", constructor: 1 }, /has no field "constructor"/],
    ["a fraction as integer", { name: "x", count: 1.5 }, /^the request\.count must be an int/],
    ["a text as number", { name: "x", ratio: "1" }, /ratio must be a number/],
    ["a number as boolean", { name: "x", strict: 1 }, /strict must be true or false/],
    ["a number as bytes", { name: "x", data: 1 }, /data must be a Uint8Array/],
    [
      "an unknown enum value",
      { name: "x", color: "green" },
      /color must be one of \["red","blue"\]/,
    ],
    ["a text as list", { name: "x", tags: "a" }, /tags must be an array/],
    ["a list as map", { name: "x", sizes: [] }, /sizes must be an object/],
    ["a wrong value in a map", { name: "x", sizes: { a: "1" } }, /sizes\.a must be an integer/],
    ["a wrong item", { name: "x", blobs: [new Uint8Array(1), 7] }, /blobs\[1\] must be a Uint8/],
    ["null in a field that is not nullable", { name: "x", count: null }, /count must not be null/],
    ["a wrong field inside", { name: "x", inner: { blub: 1 } }, /inner has no field "blub"/],
    ["a list as request", [], /^the request must be an object$/],
  ])("%s is refused before it is sent", async (_, request, text) => {
    await using pair = await open();
    const method = known(pair.client.proxy("Echo", { manifest }), "one");
    const error = await failure(method(request as never));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.rawMessage).toMatch(text);
    expect(pair.server.stats().callsTotal).toBe(0);
  });

  test("takes timeout and idempotence from the manifest", async () => {
    const seen: InterceptedCall[] = [];
    await using pair = await servicePair({
      services: [echo],
      client: {
        interceptors: [
          (call, next) => {
            seen.push(call);
            return next(call);
          },
        ],
      },
    });
    const client = pair.client.proxy("Echo", { manifest });
    await known(client, "one")({ name: "x" });
    expect(seen[0]).toMatchObject({ idempotent: true, version: 3, method: "one" });
    expect((seen[0]?.deadlineAt ?? 0) - performance.now()).toBeGreaterThan(3_000);
    const error = await failure(known(client, "never")({ name: "x" }));
    expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
  });

  test("refuses methods that the manifest does not have", async () => {
    await using pair = await open();
    const client = pair.client.proxy("Echo", { manifest });
    for (const name of ["nothing", "__proto__", "constructor", "toString"]) {
      const method = proxyMethod(client, name);
      const error = await failure(method({}));
      expect(error.code).toBe(StatusCode.UNIMPLEMENTED);
      expect(error.rawMessage).toContain("it has chat, inner, many, never, one, sum");
      expect((await failure(read(method.stream({})))).code).toBe(StatusCode.UNIMPLEMENTED);
    }
    expect(pair.server.stats().callsTotal).toBe(0);
  });

  test("refuses the manifest of another service, version or contract", async () => {
    await using pair = await open();
    const { client } = pair;
    const wrong = (changes: Partial<ContractManifest>, name = "Echo") => {
      try {
        client.proxy(name, { manifest: { ...manifest, ...changes }, checkContract: "equal" });
      } catch (error) {
        return (error as RpcError).code;
      }
      return StatusCode.OK;
    };
    expect(wrong({}, "Other")).toBe(StatusCode.INVALID_ARGUMENT);
    expect(wrong({ version: 4 })).toBe(StatusCode.NOT_FOUND);
    expect(wrong({ contract_id: "0".repeat(64) })).toBe(StatusCode.FAILED_PRECONDITION);
    const other = { ...manifest, contract_id: "0".repeat(64) };
    expect(() => client.proxy("Echo", { manifest: other, checkContract: false })).not.toThrow();
  });

  test("runs no text of the manifest as code, and accepts any name", async () => {
    const evil = '"];process.exit(1)//';
    const field = { ...(manifest.methods[0]?.fields[0] as object), name: evil, required: false };
    const strange = { ...manifest.methods[0], fields: [field], response_fields: [field] };
    const names = ["__proto__", "then", evil, "constructor"];
    const bad = {
      ...manifest,
      methods: names.map((name) => ({ ...strange, name, pattern: "unary" })),
    } as unknown as ContractManifest;
    await using pair = await open();
    const made = vi.spyOn(globalThis, "Function");
    const client = pair.client.proxy("Echo", { manifest: bad, checkContract: false });
    expect(await Promise.resolve(client)).toBe(client);
    for (const name of ["__proto__", evil, "constructor"]) {
      const error = await failure(proxyMethod(client, name)({ [evil]: 1 }));
      expect(error.code).toBe(StatusCode.UNIMPLEMENTED);
    }
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
  });

  test("refuses a request that contains itself", async () => {
    await using pair = await open();
    const client = pair.client.proxy("Echo", { manifest });
    const tree: { name: string; leaf?: unknown } = { name: "x" };
    tree.leaf = tree;
    const error = await failure(known(client, "one")(tree as never));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
  });
});
