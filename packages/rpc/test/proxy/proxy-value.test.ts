// Clients, sessions and proxies as ordinary values: printed, compared, copied, awaited.
import { deepEqual } from "node:assert";
import { format, inspect } from "node:util";
import { manifestOf } from "@aster/contract/model";
import {
  defineService,
  implement,
  proxyMethod,
  type RpcError,
  StatusCode,
  unary,
  wireType,
} from "@aster/rpc";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const Text = wireType("value/Text", { text: z.string().default("") });
const methods = {
  echo: unary(Text, Text),
  json: unary(Text, Text, { name: "toJSON" }),
  string: unary(Text, Text, { name: "toString" }),
  end: unary(Text, Text, { name: "close" }),
};
const handlers = {
  echo: ({ text }: { text: string }) => ({ text }),
  json: () => ({ text: "toJSON was called" }),
  string: () => ({ text: "toString was called" }),
  end: () => ({ text: "close was called" }),
};
const Shared = defineService("Shared", { version: 2 }, methods);
const Kept = defineService("Kept", { scoped: "session" }, methods);
const services = [implement(Shared, handlers), implement(Kept, () => handlers)];

let pair: ServicePair;
const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on("unhandledRejection", noteUnhandled);
  pair = await servicePair({ services });
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(unhandled).toEqual([]);
});
afterAll(async () => {
  process.off("unhandledRejection", noteUnhandled);
  await pair[Symbol.asyncDispose]();
});

type Kind = [name: string, open: () => Promise<object>];

const proxies: Kind[] = [
  ["ServiceProxy", async () => pair.client.proxy("Shared")],
  ["ManifestProxy", async () => pair.client.proxy("Shared", { manifest: manifestOf(Shared) })],
  ["SessionProxy", () => pair.client.session("Kept")],
  ["ManifestSessionProxy", () => pair.client.session("Kept", { manifest: manifestOf(Kept) })],
];
const typed: Kind[] = [
  ["Client", async () => pair.client.client(Shared)],
  ["Session", () => pair.client.session(Kept)],
];

const uses: [use: string, run: (value: object) => unknown, result: unknown][] = [
  ["JSON.stringify", (value) => typeof JSON.stringify({ value }), "string"],
  ["a template", (value) => `${value}`.startsWith("["), true],
  ["concatenation", (value) => typeof `${value as never}+`, "string"],
  ["String", (value) => typeof String(value), "string"],
  ["toString", (value) => typeof value.toString(), "string"],
  // biome-ignore lint/suspicious/noDoubleEquals: it converts the value, which is what is tested
  ["comparison to a string", (value) => (value as unknown as string) == "x", false],
  ["comparison to a number", (value) => (value as unknown as number) < 1, false],
  ["sort", (value) => [value, value].sort().length, 2],
  ["join", (value) => typeof [value].join(), "string"],
  ["inspect", (value) => typeof inspect(value), "string"],
  ["inspect with showProxy", (value) => typeof inspect(value, { showProxy: true }), "string"],
  ["format", (value) => typeof format("%s %o %O %j", value, value, value, value), "string"],
  ["await", async (value) => (await value) === value, true],
  ["Promise.resolve", async (value) => (await Promise.resolve(value)) === value, true],
  ["spread", (value) => typeof { ...value }, "object"],
  ["Object.keys", (value) => Array.isArray(Object.keys(value)), true],
  ["instanceof", (value) => value instanceof Promise, false],
  ["deepEqual", (value) => deepEqual(value, value), undefined],
  ["a matcher", (value) => void expect(value).not.toEqual({ other: 1 }), undefined],
  ["a failed matcher", (value) => failed(() => expect(value).toEqual({ other: 1 })), true],
  ["structuredClone", (value) => failed(() => structuredClone(value), "DataCloneError"), true],
];

function failed(work: () => void, name?: string): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return name === undefined || (error as Error).name === name;
  }
}

describe.each([...proxies, ...typed])("%s as a value", (_, open) => {
  test.each(uses)("%s makes no call", async (_use, run, result) => {
    const value = await open();
    const before = pair.server.stats().callsTotal;
    expect(await run(value)).toEqual(result);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(pair.server.stats().callsTotal).toBe(before);
    const echo = (value as Record<string, (request: object) => unknown>).echo;
    expect(await echo?.({ text: "still open" })).toEqual({ text: "still open" });
  });

  test("console.log shows the service and the peer", async () => {
    const shown = inspect(await open());
    expect(shown).toMatch(/^\w+ \{\s+service: '(?:Shared|Kept)'/);
    expect(shown).toContain(pair.server.endpointId);
  });
});

describe.each(proxies)("%s", (name, open) => {
  test("has no members that tools look for", async () => {
    const value = (await open()) as Record<PropertyKey, unknown>;
    const probes = ["then", "toJSON", "$$typeof", "nodeType", "tagName", "asymmetricMatch"];
    const more = ["hasAttribute", "@@iterator", "@@observable", "__esModule", "__v_isRef"];
    for (const probe of [...probes, ...more, Symbol.iterator, Symbol.toStringTag]) {
      expect(value[probe], String(probe)).toBe(undefined);
    }
    expect(inspect(value)).toMatch(new RegExp(`^${name} \\{`));
  });

  test("proxyMethod finds the methods with such names", async () => {
    const value = (await open()) as ReturnType<typeof pair.client.proxy>;
    for (const called of ["toJSON", "toString", "close"]) {
      const text = `${called} was called`;
      expect(await proxyMethod(value, called)({ text: "" })).toMatchObject({ text });
    }
    expect(await proxyMethod(value, "echo")({ text: "e" })).toEqual({ text: "e" });
  });
});

test("proxyMethod refuses a value that is not a proxy", () => {
  let error: RpcError | undefined;
  try {
    proxyMethod(pair.client.client(Shared) as never, "echo");
  } catch (thrown) {
    error = thrown as RpcError;
  }
  expect(error?.code).toBe(StatusCode.INVALID_ARGUMENT);
  expect(error?.details.reason).toBe("option.invalid");
});

test("clients and servers print their address and services", () => {
  const { client, server } = pair;
  expect(inspect(client)).toMatch(
    /^AsterClient \{[\s\S]*state: 'connected'[\s\S]*'Shared', 'Kept'/,
  );
  expect(`${client}`).toBe(`[AsterClient ${server.endpointId}]`);
  expect(inspect(server)).toMatch(/^AsterServer \{[\s\S]*address: 'aster1[\s\S]*'Shared', 'Kept'/);
  expect(`${server}`).toBe(`[AsterServer ${server.endpointId}]`);
  expect(inspect(server.server)).toBe("Server { services: [ 'Shared', 'Kept' ] }");
  expect(inspect({ a: { b: { client } } })).toContain("[AsterClient]");
});
