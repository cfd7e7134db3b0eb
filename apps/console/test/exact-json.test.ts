import { expect, test } from "vitest";
import { jsonText, parseJson, prettyJson } from "../src/json/exact-json.ts";

const text = '{"a":[1,-2.5,18446744073709551615,[],{}],"b":{"__proto__":null},"c":"<b>\\"\\u0000"}';

test("JSON keeps its digits and its order", () => {
  expect(jsonText(parseJson(text))).toBe(text);
  expect(parseJson("[9007199254740993]")).toEqual([9007199254740993n]);
});

test("members without a value are left out, in lists they are null", () => {
  expect(jsonText({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
});

test("pretty JSON is that of JSON.stringify", () => {
  for (const value of [JSON.parse(text.replace("18446744073709551615", "7")), [], {}, "a", null]) {
    expect(prettyJson(value)).toBe(JSON.stringify(value, undefined, 2));
  }
});
