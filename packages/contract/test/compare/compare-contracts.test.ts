import { createTypeScope, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  contractIdOf,
  defineService,
  type MethodOptions,
  methodIdsOf,
  serverStream,
  unary,
} from "../../src/index.ts";
import {
  type ComparedMode,
  type ContractManifest,
  compareCalls,
  compareContracts,
  manifestOf,
  manifestText,
  parseManifest,
  typedManifestOf,
} from "../../src/model/index.ts";

const ALL: readonly ComparedMode[] = ["xlang1", "xlang", "native", "row", "json"];

interface Given {
  readonly req?: z.ZodRawShape;
  readonly res?: z.ZodRawShape;
  readonly inner?: z.ZodRawShape;
  readonly options?: MethodOptions;
  readonly stream?: boolean;
}

function define({ req = { a: z.string() }, res = {}, inner, options = {}, stream }: Given = {}) {
  const scope = createTypeScope();
  const Inner = wireType("compare/Inner", inner ?? { x: z.int() }, { scope });
  const Req = wireType("compare/Req", { ...req, list: z.array(Inner).default([]) }, { scope });
  const Res = wireType("compare/Res", res, { scope });
  const call = stream ? serverStream(Req, Res, options) : unary(Req, Res, options);
  return defineService("Compare", {}, { call });
}

const base = define();
const differences = (after: object, before: object = base) =>
  compareContracts(before, after)[0]?.differences ?? [];

/** The texts of the differences, with the modes that they break for old and for new clients. */
const report = (after: object, before: object = base) =>
  differences(after, before).map((each) => [
    each.text,
    each.breaksOldClients.join(" "),
    each.breaksNewClients.join(" "),
  ]);

test("finds no differences between equal contracts", () => {
  expect(compareContracts(base, define())).toEqual([
    { name: "call", change: "equal", differences: [], breaksOldClients: [], breaksNewClients: [] },
  ]);
});

test("reports added and removed methods", () => {
  const { request, response } = base.methods.call;
  const after = defineService("Compare", {}, { other: unary(request, response) });
  expect(compareContracts(base, after)).toMatchObject([
    { name: "call", change: "removed", breaksOldClients: ALL, breaksNewClients: [] },
    { name: "other", change: "added", breaksOldClients: [], breaksNewClients: ALL },
  ]);
});

test("reports changed fields with the modes that they break on each side", () => {
  expect(report(define({ req: { a: z.string(), b: z.string().optional() } }))).toEqual([
    ["request.b: none → string?", "xlang row", "xlang native row json"],
  ]);
  expect(report(define({ req: { a: z.string(), b: z.string() } }))).toEqual([
    ["request.b: none → string (required)", ALL.join(" "), "xlang native row json"],
  ]);
  expect(report(define({ req: { a: z.int() } }))).toEqual([
    ["request.a: string → int64", ALL.join(" "), "xlang native row json"],
  ]);
  expect(report(define({ res: { b: z.string() } }))).toEqual([
    ["response.b: none → string (required)", "xlang native row json", ALL.join(" ")],
  ]);
  expect(report(define({ inner: { x: z.int(), y: z.int().default(1) } }))).toEqual([
    ["request.list.y: none → int64", "xlang row", "xlang native row json"],
  ]);
});

test("reports changed options of a method", () => {
  expect(report(define({ stream: true }))).toEqual([
    ["pattern: unary → server_stream", ALL.join(" "), ALL.join(" ")],
  ]);
  expect(report(define({ options: { idempotent: true, timeoutMs: 1500 } }))).toEqual([
    ["idempotent: false → true", "", ALL.join(" ")],
    ["timeout: none → 1.5 s", "", ""],
  ]);
});

test("compares types that contain themselves", () => {
  const tree = (value: z.ZodType) => {
    const scope = createTypeScope();
    const Node: z.ZodType = wireType(
      "compare/Node",
      {
        value,
        get children() {
          return z.array(Node);
        },
      },
      { scope },
    ) as never;
    return defineService("Trees", {}, { grow: unary(Node as never, Node as never) });
  };
  const found = compareContracts(tree(z.int32()), tree(z.int()));
  expect(found[0]?.differences.map(({ text }) => text)).toEqual([
    "request.value: int32 → int64",
    "response.value: int32 → int64",
  ]);
});

test("compares long chains of types", () => {
  const chain = (last: z.ZodType) => {
    const scope = createTypeScope();
    let fields: z.ZodRawShape = { last };
    for (let i = 0; i < 3_000; i++) {
      fields = { next: wireType(`chain/T${i}`, fields, { scope }) };
    }
    return defineService(
      "Chain",
      {},
      {
        call: unary(
          wireType("chain/Root", fields, { scope }),
          wireType("chain/Res", {}, { scope }),
        ),
      },
    );
  };
  const after = typedManifestOf(chain(z.string()));
  const [method] = compareContracts(typedManifestOf(chain(z.int())), after);
  expect(method?.differences).toHaveLength(1);
  expect(method?.differences[0]?.path).toMatch(/^request….*\.last$/);
});

test("compares manifests as text", () => {
  const after = define({ inner: { x: z.int(), y: z.int().default(1) } });
  const read = parseManifest(manifestText(typedManifestOf(after)));
  expect(read).toEqual(typedManifestOf(after));
  expect(report(read)).toEqual(report(after));
});

test("does not accept types that a manifest does not describe", () => {
  const after = define({ req: { a: z.string(), b: z.string().optional() } });
  expect(report(manifestOf(after), manifestOf(base))).toEqual([
    ["request.b: none → string?", "xlang row", "xlang native row json"],
    [
      "request.list: the client's contract does not describe compare/Inner",
      ...Array(2).fill(ALL.join(" ")),
    ],
  ]);
  const proxied = compareCalls(manifestOf(base), typedManifestOf(after), {
    assumesUndescribed: true,
  });
  expect(proxied.get("call")?.map(({ path }) => path)).toEqual(["request.b"]);
});

test("keeps the published manifest free of keys that the Python package refuses", () => {
  expect(manifestOf(base)).not.toHaveProperty("types");
  expect(typedManifestOf(base)).toMatchObject({ contract_id: contractIdOf(base) });
});

test("computes an id per method from its types and options", () => {
  const ids = methodIdsOf(base);
  expect(ids.get("call")).toMatch(/^[0-9a-f]{64}$/);
  expect(methodIdsOf(define())).toEqual(ids);
  expect(methodIdsOf(base)).toBe(ids);
  const { request, response } = base.methods.call;
  const more = defineService(
    "More",
    {},
    {
      call: unary(request, response),
      other: unary(request, request),
    },
  );
  expect(methodIdsOf(more).get("call")).toBe(ids.get("call"));
  expect(contractIdOf(more)).not.toBe(contractIdOf(base));
  expect(methodIdsOf(define({ inner: { x: z.string() } })).get("call")).not.toBe(ids.get("call"));
});

test("bounds the depth and the size of a manifest", () => {
  const manifest = typedManifestOf(base);
  const withType = (type: unknown) =>
    JSON.stringify({ ...manifest, types: [{ tag: "a/A", fields: [{ name: "x", type }] }] });
  let deep: unknown = { kind: "string" };
  for (let i = 0; i < 80; i++) deep = { kind: "list", element: { type: deep } };
  expect(() => parseManifest(withType(deep))).toThrow(/nested deeper than 128 levels/);
  expect(() => parseManifest("[".repeat(1_000_000))).toThrow(/nested deeper/);
  const many: ContractManifest = {
    ...manifest,
    types: Array.from({ length: 10_001 }, (_, i) => ({ tag: `t/T${i}` })),
  };
  expect(() => parseManifest(manifestText(many))).toThrow(/types/);
});

test("reads kinds of later versions as types that differ", () => {
  const manifest = typedManifestOf(base);
  const [described, types] = manifestText(manifest).split('"types":');
  const later = parseManifest(
    `${described}"types":${types?.replace('"kind": "list"', '"kind": "tensor"')}`,
  );
  expect(report(later)[0]?.[0]).toBe("request.list: list<compare/Inner> → a type of kind tensor");
});
