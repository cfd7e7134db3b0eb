import { createTypeScope, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  contractIdOf,
  defineService,
  type ServiceOptions,
  serverStream,
  unary,
} from "../src/index.ts";
import { diffContracts, type ManifestMethod, manifestOf } from "../src/model/index.ts";

const fields = { a: z.string(), b: z.int() };

function define(
  given: {
    options?: ServiceOptions;
    req?: z.ZodRawShape;
    inner?: z.ZodRawShape;
    tag?: string;
  } = {},
) {
  const scope = createTypeScope();
  const Inner = wireType("diff/Inner", given.inner ?? { x: z.number() }, { scope });
  const Req = wireType(given.tag ?? "diff/Req", given.req ?? { ...fields, inner: Inner }, {
    scope,
  });
  const Res = wireType("diff/Res", { inners: z.array(Inner) }, { scope });
  return defineService("Diff", given.options ?? {}, {
    call: unary(Req, Res, { timeoutMs: 1000 }),
    gone: unary(Req, Res),
  });
}

const base = define();
const texts = (after: object, before: object = base) =>
  diffContracts(before, after).map(({ text }) => text);

test("finds no differences between equal contracts", () => {
  expect(diffContracts(base, define())).toEqual([]);
  expect(diffContracts(base, manifestOf(base))).toEqual([]);
});

test("reports options of the service", () => {
  const after = define({ options: { version: 2, scoped: "session", serialization: ["json"] } });
  expect(texts(after)).toEqual([
    "Diff: version 1 → 2",
    "Diff: scope shared → session",
    "Diff: serialization xlang → json",
  ]);
});

test("reports added, removed and changed methods", () => {
  const { request, response } = base.methods.call;
  const after = defineService(
    "Diff",
    {},
    {
      call: serverStream(request, response, { idempotent: true }),
      fresh: unary(request, request),
    },
  );
  expect(texts(after)).toEqual([
    "Diff.call: pattern unary → server_stream",
    "Diff.call: idempotent false → true",
    "Diff.call: timeout 1 s → none",
    "Diff.gone: method removed",
    "Diff.fresh: method added",
  ]);
  expect(diffContracts(base, after).map(({ path, change }) => [path, change])).toEqual([
    ...[
      ["Diff.call", "changed"],
      ["Diff.call", "changed"],
      ["Diff.call", "changed"],
    ],
    ...[
      ["Diff.gone", "removed"],
      ["Diff.fresh", "added"],
    ],
  ]);
});

test("reports added, removed and changed fields", () => {
  const after = define({ req: { b: z.int32(), a: z.string().nullable(), c: z.set(z.string()) } });
  expect(texts(after)).toEqual([
    "diff/Req.a: string → string?",
    "diff/Req.b: int → varint32",
    "diff/Req.inner: field of type diff/Inner removed",
    "diff/Req.c: field of type set<string> added",
    "diff/Req: order of fields a, b → b, a",
  ]);
});

test("reports changes inside containers and enums", () => {
  const containers = (list: z.ZodType, map: z.ZodType, mode: string[]) =>
    define({ req: { list: z.array(list), map: z.record(z.string(), map), mode: z.enum(mode) } });
  expect(
    texts(
      containers(z.string(), z.number(), ["a"]),
      containers(z.int(), z.boolean().nullable(), ["a", "b"]),
    ),
  ).toEqual([
    "diff/Req.list: list<int> → list<string>",
    "diff/Req.map: map<string, bool?> → map<string, float>",
    'diff/Req.mode: enum<"a" | "b"> → enum<"a">',
  ]);
});

test("reports another type of a method", () => {
  expect(texts(define({ tag: "diff/Other" }))).toEqual([
    "Diff.call: request diff/Req → diff/Other",
    "Diff.gone: request diff/Req → diff/Other",
  ]);
});

test("reports types inside types if both definitions are known", () => {
  const after = define({ inner: { x: z.string() } });
  expect(texts(after)).toEqual(["diff/Inner.x: float → string"]);
  expect(texts(manifestOf(after))).toEqual([
    `Diff: types inside requests and responses: 3 of 3 differ; ${contractIdOf(base)} → ${contractIdOf(after)}`,
  ]);
});

test("compares two manifests", () => {
  const change = (part: Partial<ManifestMethod>) => {
    const manifest = manifestOf(base);
    const [first, ...rest] = manifest.methods as [ManifestMethod, ...ManifestMethod[]];
    return { ...manifest, contract_id: "0".repeat(64), methods: [{ ...first, ...part }, ...rest] };
  };
  expect(texts(change({ pattern: "bidi_stream" }), manifestOf(base))).toEqual([
    "Diff.call: pattern unary → bidi_stream",
  ]);
});
