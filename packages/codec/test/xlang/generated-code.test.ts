// Generated code contains numbers and its own names only. No name of a schema, value or peer may
// appear in it.

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  createCodec,
  createTypeScope,
  wireEnum,
  wireExt,
  wireType,
  wireUnion,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";

/** A text that is part of every name here. */
const mark = "zqx";
const hostile = [
  mark,
  `${mark}"];globalThis.owned=1;//`,
  `${mark}*/globalThis.owned=1;/*`,
  `\`\${globalThis.owned=1}${mark}`,
  `${mark}\u2028\n'`,
  `${mark}\\`,
  `constructor${mark}`,
];
/** Texts that the generators write themselves. */
const ownTexts = new Set(["use strict", "object", "number", "string", "__proto__"]);

const sources: string[] = [];
const plain = globalThis.Function;

beforeAll(() => {
  globalThis.Function = new Proxy(plain, {
    construct(target, parts: string[]) {
      sources.push(parts.join("\n"));
      return Reflect.construct(target, parts);
    },
  });
});
afterAll(() => {
  globalThis.Function = plain;
});

/** Runs a function and checks the code that it generated. */
function generated(run: () => void): number {
  sources.length = 0;
  run();
  for (const source of sources) {
    expect(source).not.toContain(mark);
    expect(source).not.toContain("owned");
    const texts = [...source.matchAll(/"([^"]*)"/g)].map(([, text]) => text);
    expect(texts.filter((text) => !ownTexts.has(text as string))).toEqual([]);
    expect(source).not.toMatch(/[`'\\]|[^\x20-\x7e\n]/);
  }
  expect(globalThis).not.toHaveProperty("owned");
  return sources.length;
}

let tags = 0;

/** A type with every kind of field, in which everything has a hostile name. */
function hostileType(extra: z.core.$ZodLooseShape = {}) {
  const scope = createTypeScope();
  const named = (i: number) => ({ name: `${mark}_${i}` });
  const tag = () => `${mark}/T${tags++}`;
  const inner: Record<string, z.ZodType> = {};
  for (const [i, key] of hostile.entries()) inner[key] = z.int().meta(named(i));
  const Inner = wireType(tag(), inner, { scope, refs: true });
  class Zqx {
    readonly text = mark;
  }
  const Ext = wireExt(tag(), {
    class: Zqx,
    form: z.string(),
    encode: ({ text }) => text,
    decode: () => new Zqx(),
    scope,
  });
  const kinds: readonly (readonly [z.ZodType, unknown])[] = [
    [z.string().default(hostile[1] as string), hostile[2]],
    [z.enum(hostile as [string, ...string[]]), hostile[3]],
    [wireEnum(tag(), hostile, { scope }), hostile[1]],
    [z.literal(hostile[1] as string), hostile[1]],
    [z.record(z.string(), Inner), { [hostile[1] as string]: innerValue() }],
    [z.array(Inner).nullable(), [innerValue(), innerValue()]],
    [wireUnion(tag(), { 0: Inner, 1: z.string() }, { scope }), { case: 0, value: innerValue() }],
    [Ext, new Zqx()],
    [z.any(), { [hostile[1] as string]: hostile[2] }],
    [z.number(), 0.5],
    [z.boolean().optional(), undefined],
  ];
  const shape: Record<string, z.core.$ZodType> = { ...extra };
  const value: Record<string, unknown> = {};
  for (const [i, [schema, given]] of kinds.entries()) {
    const key = `${hostile[i % hostile.length]}${i}`;
    shape[key] = schema.meta(named(100 + i));
    value[key] = given;
  }
  return { type: wireType(tag(), shape, { scope }), scope, shape, value: value as never };
}

function innerValue(): Record<string, number> {
  return Object.fromEntries(hostile.map((key, i) => [key, i]));
}

test.each(["A", "B"] as const)("writers and readers of profile %s", (profile) => {
  const count = generated(() => {
    const { type, value } = hostileType();
    const codec = createCodec({ profile, engine: "generated", refs: profile === "B" });
    expect(codec.decode(type, codec.encode(type, value))).toEqual(value);
  });
  expect(count).toBeGreaterThanOrEqual(4);
});

test("readers of types with a class, and keys that are not identifiers", () => {
  class Kept {
    [key: string]: unknown;
  }
  const count = generated(() => {
    const shape = {
      ["__proto__"]: z.int().meta({ name: "proto" }),
      [hostile[1] as string]: z.int().meta({ name: "b" }),
    };
    for (const [i, options] of [{}, { class: Kept }].entries()) {
      const scope = createTypeScope();
      const type = wireType(`${mark}/Proto${i}`, shape, { ...options, scope });
      const value = Object.defineProperty({ [hostile[1] as string]: 2 }, "__proto__", {
        value: 1,
        enumerable: true,
      });
      for (const codec of [createCodec({ engine: "generated" }), createCodec({ mode: "native" })]) {
        const back = codec.decode(type, codec.encode(type, value as never));
        expect(Object.getOwnPropertyDescriptor(back, "__proto__")?.value).toBe(1);
        expect(Object.getPrototypeOf(back)).toBe(i === 0 ? Object.prototype : Kept.prototype);
      }
    }
  });
  expect(count).toBeGreaterThanOrEqual(4);
});

test("readers of names in a peer's definitions", () => {
  const theirs = hostileType({ [hostile[4] as string]: z.int().meta({ name: `more_${mark}` }) });
  const tag = `${mark}/T${tags - 1}`;
  const { [hostile[4] as string]: _, ...fewer } = theirs.shape;
  const ours = wireType(
    tag,
    { ...fewer, new: z.string().default("") },
    { scope: createTypeScope() },
  );
  const codec = createCodec({ profile: "B", engine: "generated" });
  const bytes = codec.encode(theirs.type, {
    ...(theirs.value as object),
    [hostile[4] as string]: 1,
  } as never);
  const count = generated(() => {
    // code is generated after a definition was used for a while
    for (let i = 0; i < 80; i++)
      expect(codec.decode(ours, bytes)).toEqual({ ...(theirs.value as object), new: "" });
  });
  expect(count).toBeGreaterThanOrEqual(1);
});

test("writers and checks of wire types in NATIVE", () => {
  const count = generated(() => {
    const { type, value } = hostileType();
    const codec = createCodec({ mode: "native" });
    expect(codec.decode(type, codec.encode(type, value))).toEqual(value);
  });
  expect(count).toBeGreaterThanOrEqual(2);
});

test("writers and readers of records with keys of a peer", () => {
  const codec = nativeCodec();
  const records = Array.from({ length: 40 }, () => ({ ...innerValue(), [`${mark}'`]: hostile }));
  const count = generated(() => {
    const bytes = codec.encode(records);
    for (let i = 0; i < 3; i++) expect(codec.decode(bytes)).toEqual(records);
  });
  // a writer of one record and of many, a reader, and the constructor of the objects
  expect(count).toBe(4);
});
