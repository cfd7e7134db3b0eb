import { printable } from "@aster/codec";
import { expect, test } from "vitest";

test.each([
  ["a line of text, ü and 😀", "a line of text, ü and 😀"],
  ["\u001b[2Jclear", "\\u001b[2Jclear"],
  ["one\r\ntwo\tthree", "one\\u000d\\ntwo\\u0009three"],
  ["\u009b31m, a sequence of 8-bit terminals", "\\u009b31m, a sequence of 8-bit terminals"],
  ["user\u202etxt.exe\u2066", "user\\u202etxt.exe\\u2066"],
  ["a\u2028b\u2029c\u0000", "a\\u2028b\\u2029c\\u0000"],
])("escapes what is not printable in %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("cuts long texts", () => {
  expect(printable("x".repeat(5_000))).toBe(`${"x".repeat(4_095)}…`);
  expect(printable("x".repeat(65), 64)).toHaveLength(64);
  expect(printable("x".repeat(64), 64)).toBe("x".repeat(64));
});
