import { createTypeScope, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  bidiStream,
  clientStream,
  contractIdOf,
  defineService,
  type MethodOptions,
  type ServiceOptions,
  serverStream,
  unary,
} from "../src/index.ts";
import { canonicalBytes, contractOf, typeHash } from "../src/model/index.ts";

interface Parts {
  name?: string;
  options?: ServiceOptions;
  method?: string;
  declare?: typeof unary;
  methodOptions?: MethodOptions;
  tag?: string;
  fields?: z.ZodRawShape;
  reply?: z.ZodRawShape;
  more?: boolean;
}

const baseFields = { a: z.string(), b: z.int(), c: z.array(z.string()) };

function build(parts: Parts = {}) {
  const scope = createTypeScope();
  const Req = wireType(parts.tag ?? "mut/Req", parts.fields ?? baseFields, { scope });
  const Res = wireType("mut/Res", parts.reply ?? { n: z.int() }, { scope });
  const declare = parts.declare ?? unary;
  return defineService(parts.name ?? "Mutant", parts.options ?? {}, {
    [parts.method ?? "call"]: declare(Req, Res, parts.methodOptions),
    ...(parts.more ? { more: unary(Req, Res) } : {}),
  });
}

const base = contractIdOf(build());

const mutations: Record<string, Parts> = {
  "service name": { name: "Mutant2" },
  version: { options: { version: 2 } },
  scope: { options: { scoped: "session" } },
  modes: { options: { serialization: ["xlang", "json"] } },
  "order of modes": { options: { serialization: ["json", "xlang"] } },
  "method name": { method: "call2" },
  "one more method": { more: true },
  "server stream": { declare: serverStream as never },
  "client stream": { declare: clientStream as never },
  "bidirectional stream": { declare: bidiStream as never },
  idempotence: { methodOptions: { idempotent: true } },
  timeout: { methodOptions: { timeoutMs: 1 } },
  "another timeout": { methodOptions: { timeoutMs: 1.5 } },
  "tag of a type": { tag: "mut/Req2" },
  "namespace of a type": { tag: "mut2/Req" },
  "field name": { fields: { a2: z.string(), b: z.int(), c: z.array(z.string()) } },
  "field type": { fields: { a: z.int(), b: z.int(), c: z.array(z.string()) } },
  "field order": { fields: { b: z.int(), a: z.string(), c: z.array(z.string()) } },
  "one more field": { fields: { ...baseFields, d: z.string() } },
  "nullable field": { fields: { a: z.string().nullable(), b: z.int(), c: z.array(z.string()) } },
  "container kind": { fields: { a: z.string(), b: z.int(), c: z.set(z.string()) } },
  "element type": { fields: { a: z.string(), b: z.int(), c: z.array(z.int()) } },
  "map instead of list": {
    fields: { a: z.string(), b: z.int(), c: z.record(z.string(), z.string()) },
  },
  "map key": { fields: { a: z.string(), b: z.int(), c: z.map(z.int(), z.string()) } },
  "response type": { reply: { n: z.string() } },
};

test("every part of a contract changes the id", () => {
  const ids = new Map([["nothing", base]]);
  for (const [name, parts] of Object.entries(mutations)) ids.set(name, contractIdOf(build(parts)));
  const seen = new Map<string, string>();
  for (const [name, id] of ids) {
    expect(seen.get(id), `${name} has the id of ${seen.get(id)}`).toBeUndefined();
    seen.set(id, name);
  }
});

test.each([
  ["descriptions", { options: { description: "x" }, methodOptions: { description: "y" } }],
  ["requirements", { options: { requires: "admin" }, methodOptions: { requires: "ops" } }],
  ["limits", { options: { maxConcurrentStreams: 3 } }],
  ["interceptors", { options: { interceptors: [() => undefined] } }],
  ["a method's own mode", { methodOptions: { serialization: "json" } }],
  ["defaults", { fields: { ...baseFields, a: z.string().default("x") } }],
  ["refinements", { fields: { ...baseFields, a: z.string().min(3).describe("a") } }],
  ["bigint instead of number", { fields: { ...baseFields, b: z.int64() } }],
  ["optional spelled out", { options: { version: 1, scoped: "shared", serialization: "xlang" } }],
] as const)("does not depend on %s", (_, parts) => {
  expect(contractIdOf(build(parts as Parts))).toBe(base);
});

test("does not depend on the order of methods or on the keys of fields", () => {
  const Req = wireType("order/Req", { agentId: z.string() });
  const Snake = wireType("order/Req", { agent_id: z.string() });
  const define = (type: typeof Req | typeof Snake, names: readonly string[]) =>
    defineService("Order", {}, Object.fromEntries(names.map((name) => [name, unary(type, type)])));
  expect(contractIdOf(define(Req, ["a", "b", "_c"]))).toBe(
    contractIdOf(define(Snake, ["_c", "b", "a"])),
  );
});

test("returns a copy of the canonical bytes", () => {
  const Def = build();
  canonicalBytes(Def).fill(0);
  expect(contractIdOf(Def)).toBe(base);
  expect(canonicalBytes(Def)).toEqual(contractOf(Def).bytes);
});

test("refuses to hash an untagged schema", () => {
  expect(() => typeHash(z.object({ a: z.string() }))).toThrow(/make it with wireType/);
});

test("computes the contract id of fifty methods in a few milliseconds", () => {
  const define = (round: number) => {
    const scope = createTypeScope();
    const type = (name: string) =>
      wireType(`speed${round}/${name}`, { a: z.string(), b: z.int(), c: z.number() }, { scope });
    const methods = Array.from({ length: 50 }, (_, i) => [
      `method${i}`,
      unary(type(`Req${i}`), type(`Res${i}`)),
    ]);
    return defineService("Speed", {}, Object.fromEntries(methods));
  };
  const rounds = [0, 1, 2, 3, 4].map(define);
  const times = rounds.map((definition) => {
    const start = performance.now();
    contractIdOf(definition);
    return performance.now() - start;
  });
  // the fastest of five runs, because other work on the machine can only slow a run down
  expect(Math.min(...times)).toBeLessThan(25);
});
