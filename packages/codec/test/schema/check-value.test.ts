import { expect, test } from "vitest";
import { z } from "zod";
import {
  type CheckedValue,
  checkValue,
  createCodec,
  createTypeScope,
  type WireTypeInfo,
  wireExt,
  wireType,
  wireTypeInfo,
  wireUnion,
} from "../../src/index.ts";

const scope = createTypeScope();
const infoOf = (type: unknown): WireTypeInfo => {
  const info = wireTypeInfo(type);
  if (!info) throw new Error("not a wire type");
  return info;
};
const checked = (type: unknown, value: unknown): CheckedValue => {
  const result = checkValue(infoOf(type), value);
  if (result instanceof Promise) throw new Error("a promise");
  return result;
};

test("returns the values that checks make, at any depth", () => {
  const name = z.string().trim().toLowerCase().max(3);
  const Inner = wireType("chk/Inner", { name }, { scope });
  const Case = wireUnion("chk/Case", { 0: name, 1: Inner }, { scope });
  const Outer = wireType(
    "chk/Outer",
    {
      name,
      round: z.number().overwrite((n) => Math.round(n)),
      sorted: z.array(z.int()).overwrite((list) => [...list].sort((a, b) => a - b)),
      list: z.array(name),
      set: z.set(name),
      record: z.record(z.string().toLowerCase(), name),
      map: z.map(z.int(), Inner),
      inner: Inner,
      union: z.union([Inner, wireType("chk/Other", { other: z.int() }, { scope })]),
      cased: Case,
      composed: z.string().normalize("NFC"),
      optional: z.string().trim().optional(),
      nullable: name.nullable(),
      url: z.url(),
    },
    { scope },
  );
  const value = {
    name: " ABC ",
    round: 1.6,
    sorted: [3, 1, 2],
    list: ["A ", "b"],
    set: new Set([" X"]),
    record: { Key: " V" },
    map: new Map([[1, { name: "N " }]]),
    inner: { name: "IN" },
    union: { name: "UN" },
    cased: { case: 1 as const, value: { name: "C " } },
    composed: "e\u0301",
    optional: " o ",
    nullable: null,
    url: " https://example.com ",
  };
  const before = structuredClone(value);
  const result = checked(Outer, value);
  expect(result.issues).toEqual([]);
  expect(result.value).toEqual(Outer.parse(value));
  expect(result.value).toMatchObject({
    name: "abc",
    round: 2,
    sorted: [1, 2, 3],
    composed: "\u00e9",
  });
  expect(value).toEqual(before);
});

test("keeps the objects that checks leave alone", () => {
  const Part = wireType("chk/Part", { text: z.string().trim() }, { scope });
  const Whole = wireType("chk/Whole", { a: Part, b: Part, list: z.array(Part) }, { scope });
  const same = { a: { text: "a" }, b: { text: "b" }, list: [{ text: "c" }] };
  expect(checked(Whole, same).value).toBe(same);
  const other = { ...same, a: { text: " a" } };
  const result = checked(Whole, other).value as typeof same;
  expect(result).toEqual(same);
  expect(result.b).toBe(other.b);
  expect(result.list).toBe(other.list);
});

test("keeps the classes of changed objects", () => {
  class Point {
    name = "";
  }
  const Bound = wireType("chk/Point", { name: z.string().trim() }, { scope, class: Point });
  const Line = wireType(
    "chk/Line",
    { points: z.array(Bound).overwrite((list) => list.slice(1)), first: Bound },
    { scope },
  );
  const at = (name: string): Point => Object.assign(new Point(), { name });
  const line = checked(Line, { points: [at("a"), at(" b")], first: at(" c") }).value as {
    points: Point[];
    first: Point;
  };
  expect(line.points[0]).toBeInstanceOf(Point);
  expect(line.first).toBeInstanceOf(Point);
  expect(line).toEqual({ points: [at("b")], first: at("c") });
});

test("runs the checks of a wire type itself and of wrapped schemas", () => {
  const Sum = wireType("chk/Sum", { a: z.int(), b: z.int(), sum: z.int().default(0) }, { scope });
  const Summed = Sum.overwrite((v) => ({ ...v, sum: v.a + v.b }));
  expect(checked(Summed, { a: 1, b: 2, sum: 0 }).value).toEqual({ a: 1, b: 2, sum: 3 });

  const no = () => false;
  for (const wrapped of [
    z.string().optional().refine(no),
    z.string().nullable().refine(no),
    z.string().default("x").refine(no),
    z.union([z.string(), z.null()]).refine(no),
    z.lazy(() => z.string()).refine(no),
    z.string().readonly().refine(no),
  ]) {
    const One = wireType("chk/Wrapped", { v: wrapped }, { scope: createTypeScope() });
    expect(checked(One, { v: "v" }).issues).toMatchObject([{ path: ["v"], code: "custom" }]);
  }
});

test("a promise of a check is awaited, and types without one stay synchronous", async () => {
  const Slow = wireType(
    "chk/Slow",
    {
      name: z
        .string()
        .trim()
        .refine(async (name) => name !== "taken"),
    },
    { scope },
  );
  expect(await checkValue(infoOf(Slow), { name: " free " })).toEqual({
    value: { name: "free" },
    issues: [],
  });
  const { issues } = await checkValue(infoOf(Slow), { name: "taken" });
  expect(issues).toMatchObject([{ path: ["name"], message: "Invalid input" }]);

  const Quick = wireType(
    "chk/Quick",
    { name: z.string().refine((name) => name !== "") },
    { scope },
  );
  expect(checkValue(infoOf(Quick), { name: "a" })).not.toBeInstanceOf(Promise);
  // a promise in one branch only
  const Mixed = wireType(
    "chk/Mixed",
    { n: z.int().refine((n) => (n > 1 ? Promise.resolve(n === 2) : true)) },
    { scope },
  );
  expect(checked(Mixed, { n: 1 }).issues).toEqual([]);
  expect(await checkValue(infoOf(Mixed), { n: 2 })).toMatchObject({ issues: [] });
  expect((await checkValue(infoOf(Mixed), { n: 3 })).issues).toHaveLength(1);
});

test("two checks that reject do not end the process", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  process.on("unhandledRejection", note);
  const Broken = wireType("chk/Broken", { n: z.int() }, { scope })
    .refine(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error("first");
    })
    .refine(async () => {
      throw new Error("second");
    });
  await expect(checkValue(infoOf(Broken), { n: 1 })).rejects.toThrow("first");
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("the checks of an ext's form run, and their results are decoded", () => {
  class Name {
    readonly text: string;
    constructor(text: string) {
      this.text = text;
    }
  }
  const name = wireExt("chk/Name", {
    class: Name,
    form: z.string().trim().min(1),
    encode: (value) => value.text,
    decode: (text) => new Name(text),
    scope,
  });
  const Named = wireType("chk/Named", { name }, { scope });
  for (const mode of ["xlang", "native", "json"] as const) {
    const codec = createCodec({ mode, ...(mode === "xlang" ? { profile: "B" as const } : {}) });
    const read = (text: string) =>
      codec.decode(Named, codec.encode(Named, { name: new Name(text) }));
    expect(read(" a ")).toEqual({ name: new Name("a") });
    expect(() => read(" ")).toThrow(/chk\/Named\.name.*chk\/Name/);
  }
});
