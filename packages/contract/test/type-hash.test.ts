import { createTypeScope, decimal, duration, float16, type WireType, wireType } from "@aster/codec";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineService, unary } from "../src/index.ts";
import { contractOf, typeHash } from "../src/model/index.ts";
import { toHex } from "../src/model/type-hash.ts";
import fc from "./support/property.ts";

type Shape = Record<string, () => z.ZodType>;

/** Types by tag whose fields may refer to each other, in a scope of their own. */
function graph(shapes: Record<string, (type: (tag: string) => WireType) => Shape>) {
  const scope = createTypeScope();
  const made = new Map<string, WireType>();
  const type = (tag: string) => made.get(tag) as WireType;
  for (const [tag, fieldsOf] of Object.entries(shapes)) {
    const shape = {};
    for (const [name, get] of Object.entries(fieldsOf(type))) {
      Object.defineProperty(shape, name, { enumerable: true, get });
    }
    made.set(tag, wireType(tag, shape, { scope }));
  }
  return made;
}

const hashes = (types: ReadonlyMap<string, WireType>) =>
  Object.fromEntries([...types].map(([tag, type]) => [tag, typeHash(type)]));

const list = (type: WireType) => z.array(type as unknown as z.ZodType);
const maybe = (type: WireType) => (type as unknown as z.ZodType).nullable();

const pair = () => ({
  "t/A": (type: (tag: string) => WireType) => ({ b: () => maybe(type("t/B")) }),
  "t/B": (type: (tag: string) => WireType) => ({ as: () => list(type("t/A")), n: () => z.int() }),
});

test("a type that contains itself refers to itself by its dotted name", () => {
  const Node = wireType("app.trees/Node", {
    get children() {
      return z.array(Node);
    },
  });
  const [type] = contractOf(defineService("T", {}, { walk: unary(Node, Node) })).types;
  expect(type?.definition.fields[0]).toMatchObject({
    typeKind: "self_ref",
    selfRefName: "app.trees.Node",
    container: "list",
  });
  expect(type?.definition.fields[0]?.typeRef).toHaveLength(0);
});

test("hashes of two types that contain each other cover both", () => {
  const both = hashes(graph(pair()));
  expect(new Set(Object.values(both)).size).toBe(2);
  const changed = hashes(
    graph({ ...pair(), "t/B": (type) => ({ as: () => list(type("t/A")), n: () => z.string() }) }),
  );
  expect(changed["t/A"]).not.toBe(both["t/A"]);
  expect(changed["t/B"]).not.toBe(both["t/B"]);
});

test("keeps the hash of a known cycle", () => {
  expect(hashes(graph(pair()))).toMatchInlineSnapshot(`
    {
      "t/A": "6107bbdf6fae4329083b130b28354716ad20f9528c536583cfd0062c830b6d48",
      "t/B": "8ded92e05b8f6e6a30ad800879a416f5c547d9566aeac096c90e31231bb0f359",
    }
  `);
});

test("hashes of a cycle depend neither on the order of definition nor on the entry", () => {
  const cycle = (start: number) => {
    const shapes: Parameters<typeof graph>[0] = {};
    for (let i = 0; i < 3; i++) {
      const at = (start + i) % 3;
      shapes[`t/C${at}`] = (type) => ({
        next: () => maybe(type(`t/C${(at + 1) % 3}`)),
        out: () => z.int(),
      });
    }
    return graph(shapes);
  };
  const first = hashes(cycle(0));
  expect(new Set(Object.values(first)).size).toBe(3);
  for (const start of [1, 2]) expect(hashes(cycle(start))).toEqual(first);
});

test("a cycle contains the types within it and none beyond", () => {
  const base = (outside: z.ZodType) =>
    hashes(
      graph({
        ...pair(),
        "t/Root": (type) => ({ a: () => maybe(type("t/A")) }),
        "t/Leaf": () => ({ x: () => outside }),
      }),
    );
  const one = base(z.int());
  const other = base(z.string());
  expect(other["t/A"]).toBe(one["t/A"]);
  expect(other["t/Root"]).toBe(one["t/Root"]);
  expect(other["t/Leaf"]).not.toBe(one["t/Leaf"]);
});

test("refuses types of one cycle with the same dotted name", () => {
  const types = graph({
    "a/b.C": (type) => ({ x: () => maybe(type("a.b/C")) }),
    "a.b/C": (type) => ({ x: () => maybe(type("a/b.C")) }),
  });
  expect(() => typeHash(types.get("a/b.C") as WireType)).toThrow(/same dotted name/);
});

test("a container of containers lists its inner types without hashing them", () => {
  const Inner = wireType("graph/Inner", { a: z.int() });
  const Outer = wireType("graph/Outer", { deep: z.array(z.array(Inner)) });
  const { types } = contractOf(defineService("Deep", {}, { call: unary(Outer, Outer) }));
  expect(types.map((type) => type.tag).sort()).toEqual(["graph/Inner", "graph/Outer"]);
});

test("hashes a union with its options, also in cycles", () => {
  const expression = (value: () => z.ZodType) =>
    graph({
      "u/Num": () => ({ op: () => z.literal("num"), value }),
      "u/Add": (type) => ({
        op: () => z.literal("add"),
        left: () => z.union([type("u/Num"), type("u/Add")]),
        right: () => z.union([type("u/Num"), type("u/Add")]),
      }),
    });
  const ints = hashes(expression(() => z.int()));
  const strings = hashes(expression(() => z.string()));
  expect(strings["u/Add"]).not.toBe(ints["u/Add"]);
  const Add = expression(() => z.int()).get("u/Add") as WireType;
  const { types } = contractOf(defineService("Calc", {}, { run: unary(Add, Add) }));
  expect(types.map((type) => type.tag)).toEqual(["u/Num", "u/Add", undefined]);
  expect(types.at(-1)?.definition.unionVariants.map(({ name }) => name)).toEqual([
    "u.Num",
    "u.Add",
  ]);
});

test("hashes types by name that only this package can express", () => {
  const of = (type: z.ZodType) =>
    typeHash(wireType("k/K", { a: type }, { scope: createTypeScope() }));
  const kinds = [duration(), decimal(), float16(), z.string(), z.unknown()].map(of);
  expect(new Set(kinds).size).toBe(kinds.length);
});

test("hashes a chain of ten thousand types without exhausting the stack", () => {
  const scope = createTypeScope();
  let type = wireType("deep/T", { end: z.int() }, { scope });
  for (let i = 0; i < 10_000; i++)
    type = wireType(`deep/T${i}`, { next: type }, { scope }) as never;
  expect(typeHash(type)).toHaveLength(64);
});

test("hashes any graph independently of the order of definition", () => {
  const edges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 });
  const build = (order: readonly number[], arrows: readonly (readonly [number, number])[]) =>
    graph(
      Object.fromEntries(
        order.map((node) => [
          `g/N${node}`,
          (type: (tag: string) => WireType) => ({
            own: () => z.int(),
            ...Object.fromEntries(
              arrows
                .filter(([from]) => from === node)
                .map(([, to]) => [`to${to}`, () => maybe(type(`g/N${to}`))]),
            ),
          }),
        ]),
      ),
    );
  fc.assert(
    fc.property(edges, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (arrows, order) => {
      const straight = hashes(build([0, 1, 2, 3, 4], arrows));
      expect(hashes(build(order, arrows))).toEqual(straight);
      expect(new Set(Object.values(straight)).size).toBe(5);
      for (const hash of Object.values(straight)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }),
    { numRuns: 60 },
  );
});

test("hashes shared types once", () => {
  const Leaf = wireType("share/Leaf", { a: z.int() });
  const Left = wireType("share/Left", { leaf: Leaf });
  const Right = wireType("share/Right", { leaves: z.array(Leaf) });
  const { types } = contractOf(defineService("Share", {}, { call: unary(Left, Right) }));
  expect(types.map((type) => type.tag)).toEqual(["share/Leaf", "share/Left", "share/Right"]);
  const leaf = types.find((type) => type.tag === "share/Leaf");
  for (const { definition, tag } of types) {
    if (tag !== "share/Leaf") expect(definition.fields[0]?.typeRef).toEqual(leaf?.hash);
  }
  expect(toHex(leaf?.hash as Uint8Array)).toBe(typeHash(Leaf));
});
