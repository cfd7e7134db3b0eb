import { expect, test } from "vitest";
import { languageBreaches } from "./language.mjs";

const messages = (text, extension) =>
  languageBreaches(text, extension).map(([line, message]) => `${line}: ${message}`);

test("refuses doc comments that begin with a question word", () => {
  const typescript =
    "/** Whether it is open. */\n/**\n * What is left.\n */\n// How it works: see below\n";
  expect(messages(typescript, "ts")).toEqual([
    '1: doc comment begins with "Whether"; begin with a noun phrase or a verb',
    '2: doc comment begins with "What"; begin with a noun phrase or a verb',
  ]);
  expect(
    messages("/// Returns it.\n/// Where it is open.\nfn f() {}\n/// Where it is.", "rs"),
  ).toEqual(['4: doc comment begins with "Where"; begin with a noun phrase or a verb']);
});

test("refuses comments of more than 100 columns, and leaves long code to the formatter", () => {
  const long = "x".repeat(98);
  expect(messages(`// ${long}\nconst a = "${long}";`, "ts")).toEqual([
    "1: comment of 101 columns; break it at 100",
  ]);
});

test("refuses phrases that have a plain replacement, in prose, code and error texts", () => {
  expect(messages("The client is told of it.", "md")).toEqual([
    '1: "is told"; write "receives" or name the callback',
  ]);
  expect(messages('throw new Error("that is no number");', "ts")).toEqual([
    '1: "is no n"; write "is not a …"',
  ]);
});

test("accepts plain sentences", () => {
  const text =
    "/** Returns the deadline. It is no longer than the caller's. */\n// a short comment\n";
  expect(messages(text, "ts")).toEqual([]);
});
