import { expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  CodecError,
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  fixedInt64,
  fixedUint64,
  int8,
  timestamp,
  wireType,
  wireTypeInfo,
} from "../../src/index.ts";
import { jsonSchemaOf } from "../../src/json/json-schema.ts";

const scope = createTypeScope();
const Line = wireType(
  "std/Line",
  { itemName: z.string().min(1).describe("what"), count: z.int32().default(1) },
  { scope },
);
const Order = wireType(
  "std/Order",
  {
    id: z.int(),
    firstLine: Line,
    lines: z.array(Line),
    byName: z.record(z.string(), Line),
    paidAt: z.date().optional(),
    note: z.string().nullable(),
  },
  { scope },
);
const order = {
  id: 1,
  firstLine: { itemName: "tea", count: 2 },
  lines: [],
  byName: {},
  paidAt: undefined,
  note: null,
};

test("a wire type is a schema of zod and of Standard Schema", () => {
  expect(Order.parse({ ...order, firstLine: { itemName: "tea" } }).firstLine.count).toBe(1);
  expect(Order["~standard"].version).toBe(1);
  expect(Order["~standard"].validate(order)).toEqual({ value: order });
  const refused = Order["~standard"].validate({ ...order, firstLine: { itemName: "" } });
  expect(refused).toMatchObject({ issues: [{ path: ["firstLine", "itemName"] }] });
});

test("a codec does not run checks, validation does", () => {
  const codec = createCodec().type(Order);
  const bytes = codec.encode({ ...order, firstLine: { itemName: "" } });
  const decoded = codec.decode(bytes);
  expect(wireTypeInfo(Order)?.hasRefinements).toBe(true);
  expect(Order.safeParse(decoded).success).toBe(false);
  expect(Order.safeParse(codec.decode(codec.encode(order))).success).toBe(true);
});

test("the JSON Schema of a type describes its JSON messages", () => {
  expect(jsonSchemaOf(Order)).toEqual({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $ref: "#/$defs/std~1Order",
    $defs: {
      "std/Order": {
        type: "object",
        properties: {
          id: { type: "integer", minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 },
          first_line: { $ref: "#/$defs/std~1Line" },
          lines: { type: "array", items: { $ref: "#/$defs/std~1Line" } },
          by_name: {
            type: "object",
            propertyNames: { type: "string" },
            additionalProperties: { $ref: "#/$defs/std~1Line" },
          },
          paid_at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
          note: { type: ["string", "null"] },
        },
        required: ["id", "first_line", "lines", "by_name"],
        additionalProperties: false,
      },
      "std/Line": {
        type: "object",
        properties: {
          item_name: { type: "string", minLength: 1, description: "what" },
          count: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1, default: 1 },
        },
        required: ["item_name"],
        additionalProperties: false,
      },
    },
  });
});

test("every field has a JSON Schema", () => {
  const Tree = wireType(
    "std/Tree",
    {
      get kids() {
        return z.set(Tree);
      },
      get byName() {
        return z.map(z.int32(), z.array(Tree));
      },
    },
    { scope },
  );
  const All = wireType(
    "std/All",
    {
      small: int8(),
      data: bytes().meta({ name: "blob", description: "b" }),
      at: timestamp(),
      on: date(),
      took: duration(),
      price: decimal(),
      wide: z.int64(),
      fixed: fixedInt64(),
      unsigned: fixedUint64(),
      tags: z.set(z.string()),
      ids: z.map(z.int32(), z.boolean()),
      vector: z.instanceof(Float32Array),
      longs: z.instanceof(BigInt64Array).optional(),
      level: z.enum(["low", "high"]),
      tree: Tree,
      any: z.any(),
    },
    { scope },
  );
  const schema = jsonSchemaOf(All);
  const { properties } = (schema.$defs as Record<string, typeof schema>)["std/All"] ?? {};
  expect(properties).toMatchObject({
    small: { type: "integer", minimum: -128, maximum: 127 },
    blob: { type: "string", contentEncoding: "base64", description: "b" },
    at: { type: "string", format: "date-time" },
    on: { type: "string", format: "date" },
    took: { type: "string", pattern: "^-?\\d{1,19}(\\.\\d{1,9})?s$" },
    price: { type: "string" },
    wide: { type: "integer", format: "int64" },
    fixed: { type: "integer", format: "int64" },
    unsigned: { type: "integer", format: "uint64" },
    tags: { type: "array", items: { type: "string" } },
    ids: { type: "object", additionalProperties: { type: "boolean" } },
    vector: { type: "array", items: { type: "number" } },
    longs: { anyOf: [{ type: "array", items: { type: "integer" } }, { type: "null" }] },
    level: { type: "string", enum: ["low", "high"] },
    tree: { $ref: "#/$defs/std~1Tree" },
    any: {},
  });
  expect((schema.$defs as Record<string, typeof schema>)["std/Tree"]?.properties).toEqual({
    kids: { type: "array", items: { $ref: "#/$defs/std~1Tree" } },
    by_name: {
      type: "object",
      additionalProperties: { type: "array", items: { $ref: "#/$defs/std~1Tree" } },
    },
  });
  expect(JSON.stringify(schema)).not.toContain("fieldId");
});

test("a copy with checks or metadata has the same schema, other values have none", () => {
  const Titled = Line.meta({ title: "A line" });
  const { $defs } = jsonSchemaOf(Line);
  const titled = jsonSchemaOf(Titled);
  expect(titled).toMatchObject({ title: "A line", $ref: "#/$defs/std~1Line" });
  expect(titled.$defs).toEqual($defs);
  expect(() => jsonSchemaOf(z.object({ a: z.string() }))).toThrow(CodecError);
});
