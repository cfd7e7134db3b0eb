import { wireType } from "@aster/codec";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import {
  allOf,
  anyOf,
  ContractError,
  type ContractErrorCode,
  clientStream,
  contractIdOf,
  defineService,
  isServiceDefinition,
  onWarning,
  role,
  rpc,
  SerializationMode,
  serverStream,
  unary,
} from "../src/index.ts";
import { typeHash } from "../src/model/index.ts";

const Req = wireType("define/Req", { name: z.string().default("") });
const Res = wireType("define/Res", { text: z.string() });

const warnings: string[] = [];
const restore = onWarning((text) => warnings.push(text));
afterEach(() => {
  warnings.length = 0;
});

function refused(code: ContractErrorCode, text: RegExp, make: () => unknown): void {
  let error: unknown;
  try {
    make();
  } catch (reason) {
    error = reason;
  }
  expect(error).toBeInstanceOf(ContractError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(text) });
}

const one = (options: object, method: object = {}) =>
  defineService("Svc", options, { call: unary(Req, Res, method) });

test("a definition is a frozen value with defaults filled in", () => {
  const Def = defineService(
    "Greeter",
    { version: 3, serialization: ["xlang", "json"], scoped: "session", requires: "user" },
    {
      sayHello: unary(Req, Res, {
        timeoutMs: 10_000,
        idempotent: true,
        serialization: "json",
        requires: anyOf("a", "b"),
        description: "says hello",
      }),
      countDown: serverStream(Req, Res, { name: "count" }),
    },
  );
  expect(Def).toMatchObject({
    kind: "service",
    name: "Greeter",
    version: 3,
    scoped: "session",
    serialization: [SerializationMode.XLANG, SerializationMode.JSON],
    requires: { kind: "role", roles: ["user"] },
  });
  expect(Def.methods.sayHello).toEqual({
    key: "sayHello",
    name: "sayHello",
    pattern: "unary",
    request: Req,
    response: Res,
    timeoutMs: 10_000,
    idempotent: true,
    serialization: "json",
    requires: { kind: "any_of", roles: ["a", "b"] },
    errors: {},
    interceptors: [],
    maxConcurrentCalls: undefined,
    description: "says hello",
  });
  expect([...Def.byName.keys()]).toEqual(["sayHello", "count"]);
  expect(Def.byName.get("count")).toBe(Def.methods.countDown);
  for (const frozen of [Def, Def.methods, Def.methods.sayHello, Def.serialization]) {
    expect(Object.isFrozen(frozen)).toBe(true);
  }
  expect(isServiceDefinition(Def)).toBe(true);
  expect(isServiceDefinition({ ...Def, kind: "other" })).toBe(false);
});

test("fills in defaults", () => {
  const Def = defineService("Plain", {}, { call: rpc(Req, Res) });
  expect(Def).toMatchObject({ version: 1, scoped: "shared", serialization: ["xlang"] });
  expect(Def).toMatchObject({ interceptors: [], maxConcurrentStreams: undefined });
  expect(Def.methods.call).toMatchObject({ idempotent: false, timeoutMs: undefined });
});

test("names methods as written, in snake case, or as given", () => {
  const methods = { sayHello: unary(Req, Res), getHTTPState: unary(Req, Res, { name: "state" }) };
  expect([...defineService("A", {}, methods).byName.keys()]).toEqual(["sayHello", "state"]);
  const snake = defineService("A", { naming: "snake" }, methods);
  expect([...snake.byName.keys()]).toEqual(["say_hello", "state"]);
  expect(snake.methods.sayHello.key).toBe("sayHello");
  expect(defineService("A", { name: "B" }, methods).name).toBe("B");
});

test("normalizes names to Unicode form C", () => {
  const nfd = "Gru\u0308ße";
  const named = (name: string) => defineService(name, {}, { call: unary(Req, Res) });
  expect(named(nfd).name).toBe(nfd.normalize("NFC"));
  expect(contractIdOf(named(nfd))).toBe(contractIdOf(named(nfd.normalize("NFC"))));
  const method = (key: string) => defineService("S", {}, { [key]: unary(Req, Res) });
  expect(contractIdOf(method("u\u0308ber"))).toBe(contractIdOf(method("über")));
});

test.each(["", "a b", "a/b", "1a", "a..b", ".a", "a.", "é\u0000", "x".repeat(257)])(
  "refuses the service name %j",
  (name) => refused("name", /service name/, () => defineService(name, {}, {})),
);

test.each(["a b", "a.b", "a-b", "1a", "x".repeat(257)])("refuses the method name %j", (name) => {
  refused("name", /method name/, () => defineService("S", {}, { [name]: unary(Req, Res) }));
  refused("name", /method name/, () => one({}, { name }));
});

test.each(["then", "constructor", "onSessionClose"])("refuses the key %s", (key) => {
  const methods = { [key]: unary(Req, Res) };
  refused("name", /\{ name: /, () => defineService("S", {}, methods));
  expect(defineService("S", {}, { other: unary(Req, Res, { name: key }) }).byName.has(key)).toBe(
    true,
  );
});

test("refuses two methods with one name on the wire", () => {
  refused("method", /both "say_hello"/, () =>
    defineService(
      "S",
      { naming: "snake" },
      { sayHello: unary(Req, Res), say_hello: unary(Req, Res) },
    ),
  );
});

test.each([
  ["option", /version/, { version: 0 }],
  ["option", /version/, { version: 1.5 }],
  ["option", /version/, { version: 2 ** 31 }],
  ["option", /mode/, { serialization: "fory" }],
  ["option", /mode/, { serialization: ["xlang", "XLANG"] }],
  ["option", /maxConcurrentStreams/, { maxConcurrentStreams: 0 }],
  ["option", /maxConcurrentCalls/, { maxConcurrentCalls: 1.5 }],
  ["option", /maxClientStreamItems/, { maxClientStreamItems: 0 }],
  ["option", /naming/, { naming: "camel" }],
  ["option", /scoped/, { scoped: "singleton" }],
  ["option", /unknown option "verson"/, { verson: 2 }],
  ["requires", /requires must be/, { requires: ["a"] }],
  ["requires", /requires must be/, { requires: { kind: "role", roles: ["a", "b"] } }],
] as const)("refuses service options: %s %s %j", (code, text, options) => {
  refused(code, text, () => one(options as object));
});

test.each([
  ["option", /more than 0/, { timeoutMs: 0 }],
  ["option", /more than 0/, { timeoutMs: Number.POSITIVE_INFINITY }],
  ["option", /timeoutMs, in milliseconds/, { timeout: 10 }],
  ["option", /mode/, { serialization: "text" }],
] as const)("refuses method options: %s %s %j", (code, text, options) => {
  refused(code, text, () => one({}, options as object));
});

test("accepts stream as an alias of the scope session", () => {
  expect(one({ scoped: "stream" }).scoped).toBe("session");
  expect(contractIdOf(one({ scoped: "session" }))).toBe(contractIdOf(one({ scoped: "stream" })));
});

test("normalizes requirements", () => {
  expect(role("x")).toEqual({ kind: "role", roles: ["x"] });
  expect(allOf("b", "a")).toEqual({ kind: "all_of", roles: ["b", "a"] });
  refused("requires", /anyOf\(\) needs at least one/, () => anyOf());
  refused("requires", /allOf\(\) needs at least one/, () => allOf());
  refused("requires", /1 to 256/, () => role(""));
});

test("takes maxClientStreamItems of client streams only", () => {
  const lifted = { maxClientStreamItems: Number.POSITIVE_INFINITY };
  const Def = defineService("Lifted", lifted, { collect: clientStream(Req, Res, lifted) });
  expect(Def).toMatchObject(lifted);
  expect(Def.methods.collect).toMatchObject(lifted);
  expect(() => defineService("Lifted", {}, { call: unary(Req, Res, lifted) })).toThrow(
    "unary(): maxClientStreamItems is for client streams only",
  );
});

test("refuses methods without wire types", () => {
  refused("type", /needs a request type and a response type/, () => unary(Req, 42 as never));
  refused("type", /needs a request type/, () => unary(z.string() as never, Res));
  refused("method", /declare it with unary\(\)/, () =>
    defineService("S", {}, { call: { pattern: "once" } as never }),
  );
  expect(() => defineService("S", {}, { call: unary({ when: z.symbol() }, Res) })).toThrow(
    /S\/CallRequest\.when/,
  );
});

test("tags bare fields and untagged objects, with one warning each", () => {
  const untagged = z.object({ city: z.string() });
  const define = () =>
    defineService(
      "Weather",
      {},
      {
        now_in: unary({ city: z.string() }, { celsius: z.number() }),
        forecast: serverStream(untagged, Res),
        history: clientStream(untagged, Res),
      },
    );
  const Def = define();
  expect(warnings).toHaveLength(3);
  expect(warnings[0]).toMatch(/Weather\.now_in.*"Weather\/NowInRequest".*wireType/);
  expect(Def.methods.history.request).toBe(Def.methods.forecast.request);
  const tagged = wireType("Weather/NowInRequest", { city: z.string() });
  expect(typeHash(Def.methods.now_in.request)).toBe(typeHash(tagged));
  expect(contractIdOf(define())).toBe(contractIdOf(Def));
  expect(warnings).toHaveLength(3);
});

test("does not warn about tagged types", () => {
  one({});
  expect(warnings).toEqual([]);
});

test("refuses an untagged type if no tag can be derived", () => {
  const checked = z.object({ a: z.string() }).refine(() => true);
  refused("type", /has checks/, () => defineService("S", {}, { a: unary(checked, Res) }));
  refused("tag", /ASCII/, () => defineService("Grüße", {}, { a: unary({ a: z.string() }, Res) }));
});

test("emits warnings on the process by default", () => {
  restore();
  const seen: string[] = [];
  const emit = process.emitWarning;
  process.emitWarning = ((text: string) => seen.push(text)) as typeof process.emitWarning;
  try {
    defineService("ToProcess", {}, { call: unary({ a: z.string() }, Res) });
  } finally {
    process.emitWarning = emit;
    onWarning((text) => warnings.push(text));
  }
  expect(seen).toHaveLength(1);
});
