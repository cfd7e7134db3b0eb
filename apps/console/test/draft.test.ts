import { createCodec, wireType } from "@aster/codec";
import { jsonSchemaOf } from "@aster/codec/json-schema";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  type Draft,
  draftValue,
  requestDraft,
  setNull,
  type TextDraft,
} from "../src/form/draft.ts";
import { jsonText, parseJson } from "../src/json/exact-json.ts";
import type { Schema } from "../src/protocol.ts";

const Point = wireType("form/Point", { x: z.int(), label: z.string().default("here") });
const Tree = wireType("form/Tree", {
  name: z.string(),
  get left() {
    return Tree.nullable();
  },
});
const All = wireType("form/All", {
  text: z.string(),
  greeting: z.string().default("Hello"),
  count: z.int32(),
  wide: z.int64().default(0n),
  ratio: z.number().default(0.5),
  on: z.boolean().default(true),
  bytes: z.instanceof(Uint8Array),
  maybe: z.string().nullable(),
  level: z.enum(["debug", "info"]),
  names: z.array(z.string()).default([]),
  counts: z.map(z.string(), z.int()),
  point: Point,
  far: Point.nullable(),
  points: z.array(Point),
  tree: Tree.nullable(),
});
const schema = jsonSchemaOf(All) as Schema;
const codec = createCodec({ mode: "json" }).type(All);

/** The draft at a path of field names and indices. */
function at(draft: Draft, ...path: readonly (string | number)[]): Draft {
  const [first, ...rest] = path;
  if (first === undefined) return draft;
  const inner =
    "items" in draft
      ? draft.items.value[Number(first)]
      : "fields" in draft
        ? draft.fields.value.find(({ field }) => field.name === first)?.draft
        : undefined;
  if (inner === undefined) throw new Error(`no draft at ${first}`);
  return at(inner, ...rest);
}

function enter(draft: Draft, path: readonly (string | number)[], text: string): void {
  (at(draft, ...path) as TextDraft).text.value = text;
}

function filled(): Draft {
  const draft = requestDraft(schema);
  enter(draft, ["text"], "a\nb");
  enter(draft, ["count"], " 7 ");
  enter(draft, ["bytes"], "aGk=");
  enter(draft, ["level"], "info");
  enter(draft, ["names"], "gpu\n\n cpu ");
  enter(draft, ["counts"], "a=1\nb = 2");
  enter(draft, ["point", "x"], "3");
  return draft;
}

test("a draft begins with the defaults of its schema", () => {
  const value = draftValue(filled());
  expect(value).toEqual({
    text: "a\nb",
    greeting: "Hello",
    count: 7,
    wide: undefined,
    ratio: 0.5,
    on: true,
    bytes: "aGk=",
    maybe: null,
    level: "info",
    names: ["gpu", "cpu"],
    counts: { a: 1, b: 2 },
    point: { x: 3, label: "here" },
    far: null,
    points: [],
    tree: null,
  });
  // the codec of the wire type reads it
  const message = codec.decode(new TextEncoder().encode(jsonText(value)));
  expect(message).toMatchObject({
    wide: 0n,
    counts: new Map([
      ["a", 1],
      ["b", 2],
    ]),
  });
});

test("integers beyond 2^53 keep their digits", () => {
  const draft = filled();
  enter(draft, ["wide"], "9223372036854775807");
  const text = jsonText(draftValue(draft));
  expect(text).toContain('"wide":9223372036854775807');
  expect(jsonText(draftValue(requestDraft(schema, parseJson(text))))).toBe(text);
});

test.each([
  ["count", "", "enter an integer"],
  ["count", "1.5", '"1.5" is not an integer'],
  ["count", "2147483648", "the largest value is 2147483647"],
  ["ratio", "a", '"a" is not a number'],
  ["counts", "a", '"a" is not key=value'],
  ["counts", "a=x", '"x" is not an integer'],
])("names the problem of %s with %j", (name, text, problem) => {
  const draft = filled();
  enter(draft, [name], text);
  expect(() => draftValue(draft)).toThrow("some fields");
  expect(at(draft, name).problem.value).toBe(problem);
  expect(at(draft, "text").problem.value).toBe("");
});

test("objects, lists and null can be entered and read back", () => {
  const draft = filled();
  setNull(at(draft, "far"), false);
  enter(draft, ["far", "x"], "1");
  setNull(at(draft, "tree"), false);
  enter(draft, ["tree", "name"], "root");
  setNull(at(draft, "maybe"), false);
  enter(draft, ["names"], '["a\\nb", ""]');
  const value = draftValue(draft);
  expect(value).toMatchObject({
    far: { x: 1, label: "here" },
    tree: { name: "root", left: null },
    maybe: "",
    names: ["a\nb", ""],
  });
  const again = requestDraft(schema, { ...(value as object), points: [{ x: 1 }, { x: 2 }] });
  expect(draftValue(again)).toEqual({
    ...(value as object),
    points: [
      { x: 1, label: "here" },
      { x: 2, label: "here" },
    ],
  });
});
