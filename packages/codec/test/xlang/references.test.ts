import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  type EngineChoice,
  type WireType,
  wireType,
} from "../../src/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];

interface Node {
  val: number;
  next: Node | null;
}
const Node = wireType("aster.vec/Node", {
  val: z.int32(),
  get next() {
    return Node.nullable().meta({ ref: true });
  },
});
const Point = wireType("refs/Point", { x: z.int(), y: z.int() }, { refs: true });
const Plain = wireType("refs/Plain", { x: z.int() });

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine, profile: "B" });

  test("writes cycles like pyfory, and reads them", () => {
    const one: Node = { val: 1, next: null };
    one.next = one;
    const hex = "01001e0015a02a76dbeea805e2190253247552080f35c3204405540b4b1e34979802fe00";
    expect(hexOf(codec.encode(Node, one as never))).toBe(hex);
    const back = codec.decode(Node, bytesOf(hex)) as Node;
    expect(back.next).toBe(back);
    const two: Node = { val: 1, next: { val: 2, next: null } };
    (two.next as Node).next = two;
    const again = codec.decode(Node, codec.encode(Node, two as never)) as Node;
    expect(again.next?.next).toBe(again);
    expect(again.next?.val).toBe(2);
  });

  test("keeps shared values of types with refs in fields, lists and maps, and copies others", () => {
    const Shared = wireType("refs/Shared", {
      a: Point,
      b: Point,
      list: z.array(Point),
      by: z.record(z.string(), Point),
      plain: z.array(Plain),
      lists: z.array(z.array(z.int())),
    });
    const [point, plain, list] = [{ x: 1, y: 2 }, { x: 3 }, [1, 2]];
    const value = {
      a: point,
      b: point,
      list: [point, { x: 1, y: 2 }, point],
      by: { k: point },
      plain: [plain, plain],
      lists: [list, list],
    };
    const back = codec.decode(Shared, codec.encode(Shared, value));
    expect(back).toEqual(value);
    expect(back.b).toBe(back.a);
    expect([back.list[0], back.list[2], back.by.k]).toEqual([back.a, back.a, back.a]);
    expect(back.list[0]).toBe(back.a);
    expect(back.by.k).toBe(back.a);
    expect(back.list[1]).not.toBe(back.a);
    expect(back.plain[1]).not.toBe(back.plain[0]);
    expect(back.lists[1]).not.toBe(back.lists[0]);
  });

  test("writes nulls beside shared values", () => {
    const Holes = wireType("refs/Holes", {
      list: z.array(Point.nullable()),
      maybe: Point.optional(),
      map: z.map(z.int(), Point.nullable()),
    });
    const point = { x: 0, y: 0 };
    const value = {
      list: [null, point, null, point],
      maybe: undefined,
      map: new Map([
        [1, point],
        [2, null],
      ]),
    };
    const back = codec.decode(Holes, codec.encode(Holes, value));
    expect(back).toEqual(value);
    expect(back.list[3]).toBe(back.list[1]);
    expect(back.map.get(1)).toBe(back.list[1]);
  });

  test("keeps references of fields that ask for them, and copies others", () => {
    const Some = wireType("refs/Some", {
      kept: z.array(z.int()).meta({ ref: true }),
      also: z.array(z.int()).meta({ ref: true }),
      copied: z.array(z.int()),
      any: z.any().meta({ ref: true }),
      back: z.any().meta({ ref: true }),
    });
    const list = [1];
    const loop: unknown[] = [];
    loop.push(loop);
    const back = codec.decode(
      Some,
      codec.encode(Some, { kept: list, also: list, copied: list, any: loop, back: { text: 1 } }),
    );
    expect(back.also).toBe(back.kept);
    expect(back.copied).toEqual(back.kept);
    expect(back.copied).not.toBe(back.kept);
    expect((back.any as unknown[])[0]).toBe(back.any);
    expect(back.back).toEqual({ text: 1 });
  });

  test("an object in a place of any type may hold itself", () => {
    const Any = wireType("refs/Any", { v: z.any().meta({ ref: true }) });
    const object: Record<string, unknown> = { name: "loop" };
    object.self = object;
    const map = new Map<unknown, unknown>([[1, "one"]]);
    map.set(2, map);
    const first = codec.decode(Any, codec.encode(Any, { v: object })).v as typeof object;
    expect(first.self).toBe(first);
    const second = codec.decode(Any, codec.encode(Any, { v: map })).v as typeof map;
    expect(second.get(2)).toBe(second);
    expect(second.get(1)).toBe("one");
  });

  test("instances keep their class and their identity", () => {
    class Person {
      name = "";
      friend: Person | undefined;
      greet() {
        return `I am ${this.name}`;
      }
    }
    const Person_ = wireType(
      "refs/Person",
      {
        name: z.string(),
        get friend() {
          return Person_.optional();
        },
      },
      { refs: true, class: Person },
    );
    const [ada, bob] = [new Person(), new Person()];
    Object.assign(ada, { name: "Ada", friend: bob });
    Object.assign(bob, { name: "Bob", friend: ada });
    const back = codec.decode(Person_, codec.encode(Person_, ada as never)) as unknown as Person;
    expect(back).toBeInstanceOf(Person);
    expect(back.friend?.greet()).toBe("I am Bob");
    expect(back.friend?.friend).toBe(back);
  });

  test("unions keep references if their options do", () => {
    const Cat = wireType("refs/Cat", { kind: z.literal("cat"), lives: z.int() }, { refs: true });
    const Dog = wireType("refs/Dog", { kind: z.literal("dog") });
    const Zoo = wireType("refs/Zoo", {
      one: z.discriminatedUnion("kind", [Cat, Dog]),
      all: z.array(z.union([Cat, Dog])),
      star: Cat,
    });
    const cat = { kind: "cat" as const, lives: 9 };
    const value = { one: cat, all: [cat, { kind: "dog" as const }, cat], star: cat };
    const back = codec.decode(Zoo, codec.encode(Zoo, value));
    expect(back).toEqual(value);
    expect(back.star).toBe(back.all[0]);
    expect(back.all[2]).toBe(back.one);
  });

  test("another version of a type keeps references too", () => {
    const make = (more: z.core.$ZodLooseShape) => {
      const Item: WireType = wireType(
        "refs/Item",
        {
          ...more,
          get self(): z.core.$ZodType {
            return z.optional(Item);
          },
        },
        { refs: true, scope: createTypeScope() },
      );
      return Item;
    };
    const [Old, New] = [make({ gone: z.any().meta({ ref: true }) }), make({ added: z.int() })];
    const item: Record<string, unknown> = { gone: [1] };
    item.self = item;
    const bytes = codec.encode(Old, item as never);
    for (let i = 0; i < 70; i++) {
      const back = codec.decode(New, bytes) as { self: unknown };
      expect(back.self).toBe(back);
      expect(back).toMatchObject({ added: 0 });
    }
  });

  test("a cycle without references names the type and the remedy", () => {
    const Tree = wireType("refs/Tree", {
      get kids() {
        return z.array(Tree);
      },
    });
    const tree: { kids: unknown[] } = { kids: [] };
    tree.kids.push(tree);
    const error = failure(() => codec.encode(Tree, tree as never));
    expect(error).toMatchObject({ code: "limit" });
    expect(error.message).toMatch(/refs\/Tree .*refs: true/);
    const other = failure(() => createCodec({ engine }).encode(Tree, tree as never));
    expect(other.message).toMatch(/cyclic/);
  });

  test("refuses references to unknown values or other types", () => {
    const start = "01001e0015a02a76dbeea805e2190253247552080f35c3204405540b4b1e34979802";
    for (const [tail, code] of [
      ["fe01", "data"],
      ["feffffffff0f", "data"],
      ["05", "data"],
      ["fe", "data"],
    ] as const) {
      expect(failure(() => codec.decode(Node, bytesOf(start + tail)))).toMatchObject({ code });
    }
    const Two = wireType("refs/Two", {
      list: z.array(z.int()).meta({ ref: true }),
      set: z.set(z.int()).meta({ ref: true }),
    });
    const hex = hexOf(codec.encode(Two, { list: [], set: new Set<number>() }));
    expect(hex.slice(-8)).toBe("00000000");
    const crossed = failure(() => codec.decode(Two, bytesOf(`${hex.slice(0, -4)}fe01`)));
    expect(crossed).toMatchObject({ code: "mismatch", path: "refs/Two.set" });
    expect(codec.decode(Two, bytesOf(hex))).toEqual({ list: [], set: new Set() });
  });

  test("charges the memory of references", () => {
    const Many = wireType("refs/Many", { all: z.array(Point) });
    const point = { x: 1, y: 1 };
    const bytes = codec.encode(Many, { all: new Array(100_000).fill(point) });
    const back = codec.decode(Many, bytes);
    expect(back.all.length).toBe(100_000);
    expect(back.all[99_999]).toBe(back.all[0]);
    const tight = createCodec({ engine, profile: "B", limits: { graphBytes: 100_000 } });
    expect(failure(() => tight.decode(Many, bytes))).toMatchObject({ code: "limit" });
  });
});
