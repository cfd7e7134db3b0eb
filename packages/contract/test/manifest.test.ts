import { decimal, int16, timestamp, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import { ContractError, defineService, unary } from "../src/index.ts";
import {
  type ContractManifest,
  type ManifestField,
  manifestOf,
  manifestText,
  parseManifest,
} from "../src/model/index.ts";
import { fixture, type ServiceCase, serviceOf } from "./notation.ts";
import fc from "./support/property.ts";

const services = fixture<ServiceCase[]>("services.json");

/**
 * Drops what the packages write differently: the keys of fields for which the Python package has no
 * exact kind, and the names and defaults of enums.
 */
function shared(ours: ContractManifest, theirs: ContractManifest) {
  const marked = (field?: ManifestField) =>
    field === undefined || Object.keys(field.properties).length > 0;
  const strip = (fields: readonly ManifestField[], own: readonly ManifestField[]) =>
    fields.map((field, index) => {
      const { name, nullable, enum_values } = field;
      if (marked(own[index])) return { name, nullable };
      // a Python enum has a name, and its default is written in Python
      return field.kind === "enum" ? { name, nullable, enum_values } : field;
    });
  return {
    ...theirs,
    methods: theirs.methods.map((method, index) => ({
      ...method,
      fields: strip(method.fields, ours.methods[index]?.fields ?? []),
      response_fields: strip(method.response_fields, ours.methods[index]?.response_fields ?? []),
    })),
  };
}

test.each(services)("writes the manifest of the Python package: $name", (each) => {
  const ours = manifestOf(serviceOf(each));
  const theirs = each.manifest as unknown as ContractManifest;
  // compared as text, because the order of keys is part of the format
  expect(manifestText(shared(ours, ours) as ContractManifest)).toBe(
    manifestText(shared(ours, theirs) as ContractManifest),
  );
  expect(parseManifest(JSON.stringify(theirs)).contract_id).toBe(ours.contract_id);
});

const Point = wireType("manifest/Point", { x: z.number() });
const Every = wireType("manifest/Every", {
  small: int16(),
  big: z.int64().default(7n),
  huge: z.int64().default(2n ** 60n),
  when: timestamp(),
  price: decimal(),
  mode: z.enum(["fast", "safe"]).default("fast"),
  modes: z.array(z.enum(["a", "b"])),
  tags: z.set(z.string()),
  samples: z.instanceof(Float32Array),
  points: z.record(z.string(), Point),
  grid: z.array(z.array(Point.nullable())),
  either: z.union([Point, wireType("manifest/Line", { length: z.number() })]),
  maybe: z.string().optional(),
  list: z.array(z.int()).default([1]),
  ratio: z.number().default(Number.NaN),
});
const Def = defineService(
  "Every",
  { description: "x" },
  {
    call: unary(Every, Point, { timeoutMs: 1500, description: "y" }),
  },
);
const field = (name: string) =>
  manifestOf(Def).methods[0]?.fields.find((each) => each.name === name) as ManifestField;

test.each([
  ["small", "int", { type: "int16" }],
  ["when", "string", { type: "timestamp" }],
  ["price", "string", { type: "decimal" }],
  ["mode", "enum", {}],
  ["modes", "list", { type: 'list<enum<"a" | "b">>' }],
  ["tags", "list", { type: "set<string>" }],
  ["samples", "list", { type: "array<float32>" }],
  ["points", "map", { type: "map<string, manifest/Point>" }],
  ["grid", "list", { type: "list<list<manifest/Point?>>" }],
  ["either", "ref", { type: "union<manifest/Point | manifest/Line>" }],
  ["maybe", "string", {}],
])("describes %s as kind %s", (name, kind, properties) => {
  expect(field(name)).toMatchObject({ kind });
  expect(field(name).properties).toEqual(properties);
});

test("writes defaults that JSON can hold", () => {
  const told = (name: string) => [field(name).default_kind, field(name).default_value];
  expect(told("small")).toEqual(["none", null]);
  expect(field("small").required).toBe(true);
  expect(told("big")).toEqual(["value", 7]);
  expect(told("huge")).toEqual(["factory", null]);
  expect(told("mode")).toEqual(["value", "fast"]);
  expect(told("maybe")).toEqual(["value", null]);
  expect(field("maybe").required).toBe(false);
  expect(told("list")).toEqual(["factory", null]);
  expect(told("ratio")).toEqual(["factory", null]);
});

test("writes the keys of the Python package and no others", () => {
  const theirs = services[0]?.manifest as unknown as ContractManifest;
  const ours = manifestOf(Def, { published_by: "me", semver: "1.2.3" });
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  expect(Object.keys(ours.methods[0] ?? {})).toEqual(Object.keys(theirs.methods[0] ?? {}));
  expect(ours).toMatchObject({ published_by: "me", semver: "1.2.3", deprecated: false });
  expect(ours.methods[0]?.timeout).toBe(1.5);
});

test("reads a manifest that it wrote", () => {
  const ours = manifestOf(Def);
  expect(parseManifest(manifestText(ours))).toEqual(ours);
});

const refused = (text: string, code: string, message: RegExp) => {
  let error: unknown;
  try {
    parseManifest(text);
  } catch (reason) {
    error = reason;
  }
  expect(error).toBeInstanceOf(ContractError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
};

test("refuses bad manifests and names the place", () => {
  const good = JSON.parse(manifestText(manifestOf(Def)));
  const change = (parts: object) => JSON.stringify({ ...good, ...parts });
  refused("{", "data", /not JSON/);
  refused("null", "data", /the whole/);
  refused("[]", "data", /the whole/);
  refused(change({ v: 2 }), "data", /v:/);
  refused(change({ contract_id: "AB" }), "data", /contract_id/);
  refused(change({ methods: [{ name: "x", pattern: "push" }] }), "data", /methods\.0\.pattern/);
  refused(
    change({ methods: [{ name: "x", pattern: "unary", fields: [{ name: "f", kind: "tensor" }] }] }),
    "data",
    /methods\.0\.fields\.0\.kind/,
  );
  const fields = Array.from({ length: 1001 }, (_, i) => ({ name: `f${i}`, kind: "int" }));
  refused(change({ methods: [{ name: "x", pattern: "unary", fields }] }), "limit", /fields/);
  const methods = Array.from({ length: 10_001 }, (_, i) => ({ name: `m${i}`, pattern: "unary" }));
  refused(change({ methods }), "limit", /methods/);
  refused(" ".repeat(16 * 1024 * 1024 + 1), "limit", /characters/);
});

test("drops unknown keys and accepts stream as an alias of session", () => {
  const good = JSON.parse(manifestText(manifestOf(Def)));
  const read = parseManifest(
    JSON.stringify({ ...good, producer_language: "go", tags: [], scoped: "stream" }),
  );
  expect(read).not.toHaveProperty("producer_language");
  expect(read.scoped).toBe("session");
});

test("reads any JSON or throws ContractError", () => {
  const known = JSON.parse(manifestText(manifestOf(Def)));
  const keys = fc.constantFrom(...Object.keys(known), "__proto__", "constructor");
  fc.assert(
    fc.property(fc.jsonValue(), keys, (value, key) => {
      for (const text of [JSON.stringify(value), JSON.stringify({ ...known, [key]: value })]) {
        try {
          expect(parseManifest(text).v).toBe(1);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
        }
      }
    }),
    { numRuns: 150 },
  );
});
