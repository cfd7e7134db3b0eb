import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as mini from "zod/mini";
import {
  bytes,
  CodecError,
  createTypeScope,
  type FieldType,
  int8,
  snakeCase,
  wireType,
  wireTypeInfo,
} from "../../src/index.ts";

function fieldOf(
  schema: z.core.$ZodType,
): NonNullable<ReturnType<typeof wireTypeInfo>>["fields"][0] {
  const info = wireTypeInfo(wireType("t/Field", { v: schema }, { scope: createTypeScope() }));
  const [field] = info?.fields ?? [];
  if (!field) throw new Error("no field");
  return field;
}

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

const plain = (type: FieldType) => ({ type, nullable: false, optional: false });
const Inner = wireType("t/Inner", { x: z.int() });

describe("the form of a schema", () => {
  test.each<[string, z.core.$ZodType, FieldType]>([
    ["string", z.string(), { kind: "string" }],
    ["email", z.email(), { kind: "string" }],
    ["template literal", z.templateLiteral(["a", z.string()]), { kind: "string" }],
    ["boolean", z.boolean(), { kind: "bool" }],
    ["int32", z.int32(), { kind: "varint32" }],
    ["uint32", z.uint32(), { kind: "var_uint32" }],
    ["int", z.int(), { kind: "varint64", as: "number" }],
    ["number().int()", z.number().int(), { kind: "varint64", as: "number" }],
    ["int64", z.int64(), { kind: "varint64", as: "bigint" }],
    ["uint64", z.uint64(), { kind: "var_uint64", as: "bigint" }],
    ["float32", z.float32(), { kind: "float32" }],
    ["float64", z.float64(), { kind: "float64" }],
    ["number", z.number(), { kind: "float64" }],
    ["Uint8Array", z.instanceof(Uint8Array), { kind: "binary" }],
    ["bytes", bytes(), { kind: "binary" }],
    ["bytes with metadata", bytes().meta({ fieldId: 1 }), { kind: "binary" }],
    ["described bytes", z.instanceof(Uint8Array).describe("d"), { kind: "binary" }],
    [
      "checked bytes",
      z
        .instanceof(Uint8Array)
        .refine((b) => b.length > 1)
        .meta({}),
      { kind: "binary" },
    ],
    ["Float64Array", z.instanceof(Float64Array), { kind: "array", element: "float64" }],
    ["date", z.date(), { kind: "timestamp" }],
    ["int8", int8(), { kind: "int8" }],
    ["int8 with a check", int8().min(0), { kind: "int8" }],
    ["enum", z.enum(["a", "b"]), { kind: "enum", values: ["a", "b"] }],
    [
      "numeric enum",
      z.enum({ A: 3, B: 5, 3: "A", 5: "B" } as never),
      { kind: "enum", values: [3, 5] },
    ],
    ["literal", z.literal("x"), { kind: "string" }],
    ["literals", z.union([z.literal("x"), z.literal("y")]), { kind: "string" }],
    ["number literal", z.literal(3), { kind: "varint64", as: "number" }],
    ["any", z.any(), { kind: "any" }],
    ["unknown", z.unknown(), { kind: "any" }],
    ["array", z.array(z.string()), { kind: "list", element: plain({ kind: "string" }) }],
    ["set", z.set(z.int32()), { kind: "set", element: plain({ kind: "varint32" }) }],
    [
      "record",
      z.record(z.string(), z.boolean()),
      {
        kind: "map",
        key: plain({ kind: "string" }),
        value: plain({ kind: "bool" }),
        form: "record",
      },
    ],
    [
      "map",
      z.map(z.int32(), z.string()),
      {
        kind: "map",
        key: plain({ kind: "varint32" }),
        value: plain({ kind: "string" }),
        form: "map",
      },
    ],
    ["readonly", z.string().readonly(), { kind: "string" }],
    ["brand", z.string().brand("Name"), { kind: "string" }],
    ["description", z.string().describe("a name"), { kind: "string" }],
    ["mini string", mini.string(), { kind: "string" }],
    ["mini int", mini.int(), { kind: "varint64", as: "number" }],
    ["mini bytes", mini.instanceof(Uint8Array), { kind: "binary" }],
    ["mini array", mini.array(mini.boolean()), { kind: "list", element: plain({ kind: "bool" }) }],
    ["mini check", mini.string().check(mini.minLength(2)), { kind: "string" }],
  ])("%s", (_, schema, type) => {
    expect(fieldOf(schema)).toMatchObject({ type, nullable: false, optional: false });
  });

  test.each<[string, z.core.$ZodType, boolean, boolean]>([
    ["optional", z.string().optional(), true, true],
    ["nullable", z.string().nullable(), true, false],
    ["nullish", z.string().nullish(), true, true],
    ["nonoptional", z.string().optional().nonoptional(), false, false],
    ["union with null", z.union([z.string(), z.null()]), true, false],
    ["union with undefined", z.union([z.string(), z.undefined()]), true, true],
    ["default", z.string().default("x"), false, false],
    ["mini optional", mini.optional(mini.string()), true, true],
  ])("%s", (_, schema, nullable, optional) => {
    expect(fieldOf(schema)).toMatchObject({ type: { kind: "string" }, nullable, optional });
  });

  test("makes a new default each time", () => {
    const make = fieldOf(z.array(z.string()).default(() => [])).default;
    expect(make?.()).toEqual([]);
    expect(make?.()).not.toBe(make?.());
    expect(fieldOf(z.string()).default).toBeUndefined();
  });

  test("supports nested types and unions of them", () => {
    const nested = fieldOf(Inner).type;
    expect(nested.kind === "struct" && nested.info()).toBe(wireTypeInfo(Inner));
    const A = wireType("t/A", { kind: z.literal("a") });
    const B = wireType("t/B", { kind: z.literal("b") });
    const union = fieldOf(z.discriminatedUnion("kind", [A, B])).type;
    expect(union).toMatchObject({ kind: "union", discriminator: "kind" });
    expect(union.kind === "union" && union.options.map((one) => one.info().tag)).toEqual([
      "t/A",
      "t/B",
    ]);
    expect(fieldOf(z.union([A, B, z.null()]))).toMatchObject({
      type: { kind: "union" },
      nullable: true,
    });
  });

  test.each<[string, z.core.$ZodType, RegExp]>([
    ["tuple", z.tuple([z.string()]), /t\/Field\.v: z\.tuple\(\) .*one field per item/],
    ["object", z.object({ a: z.string() }), /wireType\(tag, shape\)/],
    ["bigint", z.bigint(), /z\.int64\(\)/],
    ["transform", z.string().transform((text) => text.length), /transforms have no wire form/],
    ["pipe", z.string().pipe(z.string()), /convert in your own code/],
    ["custom", z.custom(() => true), /Uint8Array/],
    ["null", z.null(), /\.nullable\(\)/],
    ["catch", z.string().catch("x"), /\.default\(\)/],
    ["intersection", z.intersection(Inner, Inner), /one wire type/],
    ["union of scalars", z.union([z.string(), z.int()]), /wireType/],
    ["number keys", z.record(z.int() as never, z.string()), /z\.map/],
    ["float keys", z.map(z.number(), z.string()), /strings, integers, booleans or enums/],
    ["inside a list", z.array(z.tuple([z.string()])), /t\/Field\.v\[\]/],
    ["default inside a list", z.array(z.string().default("x")), /give the whole field a default/],
    ["no schema", "string" as never, /not a zod 4 schema/],
    ["derived object", Inner.extend({ y: z.int() }), /wireType\(tag, shape\)/],
    ["partial object", Inner.partial(), /wireType\(tag, shape\)/],
  ])("%s is refused at definition", (_, schema, text) => {
    const error = failure(() => fieldOf(schema));
    expect(error).toMatchObject({ code: "schema" });
    expect(error.message).toMatch(text);
  });
});

describe("names", () => {
  test.each([
    ["agentId", "agent_id"],
    ["HTTPServer", "http_server"],
    ["parseHTTPBody", "parse_http_body"],
    ["userID", "user_id"],
    ["id2", "id2"],
    ["sha256Sum", "sha256_sum"],
    ["already_snake", "already_snake"],
    ["A", "a"],
    ["with_Upper", "with_upper"],
    ["class_", "class"],
    ["_private", "_private"],
    ["_", "_"],
  ])("%s is %s", (key, name) => {
    expect(snakeCase(key)).toBe(name);
  });

  test("of a type or field may be kept as written", () => {
    const type = wireType("t/Names", {
      agentId: z.string(),
      region: z.string().meta({ name: "Region" }).optional(),
      zone: z.string().optional().meta({ name: "z" }),
    });
    expect(wireTypeInfo(type)?.fields.map((field) => field.name)).toEqual([
      "agent_id",
      "Region",
      "z",
    ]);
    const written = wireType("t/AsWritten", { agentId: z.string() }, { naming: "as-written" });
    expect(wireTypeInfo(written)?.fields[0]).toMatchObject({ name: "agentId", key: "agentId" });
  });

  test("are refused if they collide or are invalid", () => {
    expect(() => wireType("t/Same", { agentId: z.string(), agent_id: z.string() })).toThrow(
      /agentId and agent_id are both "agent_id"/,
    );
    expect(() => wireType("t/Dash", { "a-b": z.string() })).toThrow(/\.meta/);
    expect(() => wireType("t/Empty", { a: z.string().meta({ name: "" }) })).toThrow(
      /not a field name/,
    );
  });
});

describe("tags", () => {
  test.each(["", "/A", "a/", "a//B", "a b/C", "ä/B", "a/B\n", "x".repeat(513)])(
    "%j is refused",
    (tag) => {
      expect(failure(() => wireType(tag, {}))).toMatchObject({ code: "tag" });
    },
  );

  test("are split at the last slash", () => {
    expect(wireTypeInfo(wireType("a/b/C", {}))).toMatchObject({ namespace: "a/b", name: "C" });
    expect(wireTypeInfo(wireType("Alone", {}))).toMatchObject({ namespace: "", name: "Alone" });
  });

  test("of the protocol are reserved", () => {
    expect(failure(() => wireType("_aster/Mine", {}))).toMatchObject({ code: "tag" });
    expect(wireTypeInfo(wireType("_aster/Ours", {}, { reserved: true }))?.tag).toBe("_aster/Ours");
  });

  test("name one shape each", () => {
    const again = wireType("t/Twice", { a: z.string(), b: z.array(Inner) });
    expect(wireType("t/Twice", { a: z.string().min(3), b: z.array(Inner) })).not.toBe(again);
    const error = failure(() => wireType("t/Twice", { a: z.int() }));
    expect(error).toMatchObject({ code: "tag" });
    expect(error.message).toMatch(/a: string, b: list<t\/Inner>/);
    expect(
      wireTypeInfo(wireType("t/Twice", { a: z.int() }, { scope: createTypeScope() })),
    ).toBeDefined();
  });
});

describe("descriptions", () => {
  test("resolve getters on first use, and refuse then", () => {
    let reads = 0;
    const Late = wireType("t/Late", {
      get bad() {
        reads++;
        return z.tuple([z.string()]);
      },
    });
    expect(reads).toBe(0);
    expect(failure(() => wireTypeInfo(Late)?.fields)).toMatchObject({ code: "schema" });
    expect(failure(() => wireTypeInfo(Late)?.fields)).toMatchObject({ code: "schema" });
  });

  test("resolve z.lazy on first use", () => {
    const Node = wireType("t/LazyNode", { next: z.lazy(() => z.optional(Later)) });
    const Later = wireType("t/Later", { x: z.int() });
    expect(wireTypeInfo(Node)?.fields[0]).toMatchObject({
      nullable: true,
      type: { kind: "struct" },
    });
  });

  test("belong to the type through checks and metadata, not through other shapes", () => {
    const T = wireType("t/Base", {
      a: z.string(),
      get kids() {
        return z.array(T);
      },
    });
    const info = wireTypeInfo(T);
    for (const same of [
      T.describe("x"),
      T.meta({ title: "x" }),
      T.strict(),
      T.refine(() => true),
      T.brand("B"),
    ]) {
      expect(wireTypeInfo(same)).toMatchObject({ tag: "t/Base" });
      expect(wireTypeInfo(same)?.fields).toBe(info?.fields);
    }
    for (const other of [
      T.extend({ b: z.int() }),
      T.omit({ a: true }),
      T.partial(),
      T.extend({ a: z.int() }),
    ]) {
      expect(wireTypeInfo(other)).toBeUndefined();
    }
    for (const none of [z.string(), {}, null, undefined, 3, "t/Base"])
      expect(wireTypeInfo(none)).toBeUndefined();
  });

  test("do not call getters early", () => {
    const First = wireType("t/First", {
      get later() {
        return Second.optional();
      },
    });
    const checked = [First.refine(() => true), First.describe("x"), First.brand("B")];
    const Holder = wireType(
      "t/Holder",
      Object.fromEntries(checked.map((schema, i) => [`f${i}`, schema])),
    );
    const Second = wireType("t/Second", { x: z.int() });
    expect(wireTypeInfo(Holder)?.fields.map((field) => field.type.kind)).toEqual([
      "struct",
      "struct",
      "struct",
    ]);
    expect(wireTypeInfo(First)?.fields[0]?.nullable).toBe(true);
  });

  test.each<[string, z.core.$ZodType, boolean]>([
    ["string", z.string(), false],
    ["min", z.string().min(1), true],
    ["email", z.email(), true],
    ["int", z.int(), false],
    ["int().positive()", z.int().positive(), true],
    ["number().int()", z.number().int(), false],
    ["int8", int8(), false],
    ["int8 with a check", int8().min(0), true],
    ["literal", z.literal("a"), true],
    ["inside a list", z.array(z.string().max(3)), true],
    ["list length", z.array(z.string()).max(3), true],
    ["optional", z.string().min(1).optional(), true],
    ["map key", z.record(z.string().min(1), z.int()), true],
    ["nested", wireType("t/Refined", { a: z.string().min(1) }), true],
    ["nested in a list", z.array(wireType("t/Refined", { a: z.string().min(1) })), true],
    ["nested without", Inner, false],
    ["whole type", Inner.refine(() => true), true],
    ["mini", mini.string().check(mini.minLength(1)), true],
    ["bytes", bytes(), false],
    ["trim", z.string().trim(), true],
  ])("report whether zod checks more: %s", (_, schema, refined) => {
    const type = wireType("t/Checked", { v: schema }, { scope: createTypeScope() });
    expect(wireTypeInfo(type)?.hasRefinements).toBe(refined);
  });

  test("report it through recursion", () => {
    const Tree = wireType("t/PlainTree", {
      v: z.int(),
      get kids() {
        return z.array(Tree);
      },
    });
    expect(wireTypeInfo(Tree)?.hasRefinements).toBe(false);
    expect(wireTypeInfo(Tree.refine(() => true))?.hasRefinements).toBe(true);
  });

  test("are limited", () => {
    const shape = Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`f${i}`, z.int()]));
    expect(() => wireType("t/Wide", shape)).toThrow(/513 fields/);
  });
});
