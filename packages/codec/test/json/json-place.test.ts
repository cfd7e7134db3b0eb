import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, createCodec, createTypeScope, wireType } from "../../src/index.ts";
import { brokenAt, placeOf } from "../../src/json/json-place.ts";
import fc from "../support/property.ts";

const encoder = new TextEncoder();
const scope = createTypeScope();
const Line = wireType("place/Line", { itemId: z.int(), tags: z.array(z.string()) }, { scope });
const Order = wireType(
  "place/Order",
  { lines: z.array(Line), by: z.record(z.string(), Line), note: z.string() },
  { scope },
);
const codec = createCodec({ mode: "json" }).type(Order);

function failure(text: string): CodecError {
  try {
    codec.decode(encoder.encode(text));
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

const line = '{"item_id":1,"tags":["é"]}';

/** The error of each text is between the two `^`. */
test.each([
  [
    `{"lines":[${line},{"item_id":^"x"^,"tags":[]}],"by":{},"note":""}`,
    "place/Order.lines[1].item_id",
  ],
  [`{"lines":[{"item_id":1,"tags":["a", ^7^]}],"by":{},"note":""}`, "place/Order.lines[0].tags[1]"],
  [
    ` {"note":"[{\\"","by":{"é\\n":{"tags":^5^,"item_id":1}},"lines":[]}`,
    'place/Order.by["é\\n"].tags',
  ],
  [`{"lines":[],"lines": ^{}^,"by":{},"note":""}`, "place/Order.lines"],
  [`{"lines":[^{"tags":[]}^],"by":{},"note":""}`, "place/Order.lines[0].item_id"],
  [`{"lines":[^{"tags":[],"item_id":1,"more":2}^],"by":{},"note":""}`, "place/Order.lines[0]"],
  ["^[]^", "place/Order"],
  ["\ufeff ^1^", "place/Order"],
])("%s", (marked, path) => {
  const error = failure(marked.replaceAll("^", ""));
  expect(error.path).toBe(path);
  expect(error.offset).toBe(encoder.encode(marked.slice(0, marked.indexOf("^"))).length);
});

describe("finds the error in broken JSON", () => {
  test.each([
    "^",
    "^x",
    '{"lines":^}',
    '{"lines":[]^',
    '{"lines"^}',
    '{"lines":[],^}',
    '{"lines":[1,^]',
    '{"lines":[1 ^2]}',
    "{^lines:[]}",
    '{"a":^tru}',
    '{"a":1}^}',
    '{"a":"b"^"c"}',
    '{"a":^"\\x"}',
    '{"a":^01}',
    '["é",^nul]',
    '{"a":1}  ^{"b":1}',
  ])("%s", (marked) => {
    const error = failure(marked.replace("^", ""));
    expect(error).toMatchObject({ code: "data", path: "place/Order" });
    expect(error.offset).toBe(encoder.encode(marked.slice(0, marked.indexOf("^"))).length);
  });

  test("everything before the error is the beginning of some JSON", () => {
    const mutated = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(mutated, ([json, at, put]) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + put + json.slice(place + 1);
        const bytes = encoder.encode(text);
        let broken = false;
        try {
          JSON.parse(text);
        } catch {
          broken = true;
        }
        const found = brokenAt(bytes);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(bytes.length);
        if (!broken) expect(found).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});

test("finds every value of a text by its path", () => {
  const walk = (bytes: Uint8Array, value: unknown, path: readonly (string | number)[]): void => {
    const at = placeOf(bytes, path);
    const rest = new TextDecoder().decode(bytes.subarray(at));
    const own = JSON.stringify(value);
    expect(rest.startsWith(own)).toBe(true);
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value))
      for (const [i, one] of value.entries()) walk(bytes, one, [...path, i]);
    else for (const [key, one] of Object.entries(value)) walk(bytes, one, [...path, key]);
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      walk(encoder.encode(text), JSON.parse(text), []);
    }),
  );
});

test("handles a message without an end quickly", () => {
  const deep = encoder.encode("[".repeat(60_000));
  expect(brokenAt(deep)).toBe(60_000);
  // the search would take longer than parsing
  expect(brokenAt(encoder.encode("[".repeat(100_000)))).toBeUndefined();
  expect(failure("[".repeat(3_000))).toMatchObject({ code: "data", offset: 3_000 });
});
