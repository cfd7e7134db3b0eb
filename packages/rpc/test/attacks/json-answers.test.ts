// JSON answers of a hostile server to a client without a definition.
import { CodecError } from "@aster/codec";
import { expect, test } from "vitest";
import { jsonCodec } from "../../src/message/json-codec.ts";

const decode = (text: string): unknown => jsonCodec.decode(new TextEncoder().encode(text));

test("keeps every JSON value, with wide integers as bigints", () => {
  const value = decode('{"a":[1,-2.5,null,true,"x"],"wide":12345678901234567890,"__proto__":{}}');
  expect(Object.entries(value as object)).toEqual([
    ["a", [1, -2.5, null, true, "x"]],
    ["wide", 12345678901234567890n],
    ["__proto__", {}],
  ]);
});

test.each([
  ["a hundred thousand levels", "[".repeat(100_000) + "]".repeat(100_000)],
  ["51 levels in a short text", "[".repeat(51) + "]".repeat(51)],
  ["an integer of five million digits", `{"n":${"9".repeat(5_000_000)}}`],
  ["five million entries", `[0${",0".repeat(5_000_000)}]`],
])("refuses %s at once", (_, text) => {
  const bytes = new TextEncoder().encode(text);
  const before = performance.now();
  expect(() => jsonCodec.decode(bytes)).toThrow(CodecError);
  expect(performance.now() - before).toBeLessThan(5_000);
});
