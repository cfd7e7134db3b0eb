import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ratio } from "../src/codec/codec-ratios.ts";
import { isSame } from "../src/codec/same.ts";
import { codecsOf, suiteNames } from "../src/codec/suite.ts";
import { withSection } from "../src/results-file.ts";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

test("codec --json prints one object with all suites, peers and operations", {
  timeout: 120_000,
}, async () => {
  const tiny = ["--windows", "1", "--window-ms", "2", "--warm-up-ms", "2"];
  const { stdout } = await run(process.execPath, [
    ...["--import", tsx, main, "codec", "--json"],
    ...tiny,
  ]);
  const { suites } = JSON.parse(stdout);
  expect(Object.keys(suites)).toEqual(suiteNames);
  for (const name of suiteNames) {
    const codecs = codecsOf(name);
    const peers = codecs.filter((codec) => !codec.startsWith("ours"));
    expect(Object.keys(suites[name])).toEqual(["encode", "encodeInto", "decode", "bytes"]);
    expect(Object.keys(suites[name].bytes)).toEqual(codecs);
    for (const direction of ["encode", "encodeInto", "decode"]) {
      expect(Object.keys(suites[name][direction])).toEqual(peers);
      for (const value of Object.values(suites[name][direction])) expect(value).toBeGreaterThan(0);
    }
  }
});

test("a ratio compares speed with the codec of Aster that does the same work", () => {
  const suite = {
    ours: { bytes: 1, nanoseconds: { encode: 100, encodeInto: 50, decode: 100 } },
    "ours-native": { bytes: 1, nanoseconds: { encode: 400, decode: 200 } },
    JSON: { bytes: 1, nanoseconds: { encode: 300, decode: 50 } },
    "v8.serialize": { bytes: 1, nanoseconds: { encode: 800, decode: 800 } },
  };
  expect(ratio(suite, "JSON", "encode")).toBe(3);
  expect(ratio(suite, "JSON", "encodeInto")).toBe(6);
  expect(ratio(suite, "JSON", "decode")).toBe(0.5);
  expect(ratio(suite, "v8.serialize", "decode")).toBe(4);
  expect(ratio(suite, "ours", "encode")).toBeUndefined();
});

test("writing a section replaces or adds it and keeps the others", () => {
  const text = "# Results\n\nIntro.\n\n## Calls\n\none\n\n### part\n\n## Codec\n\ntwo\n";
  expect(withSection(text, "Codec", "three\n")).toBe(text.replace("two", "three"));
  expect(withSection(text, "Calls", "three")).toBe(
    "# Results\n\nIntro.\n\n## Calls\n\nthree\n\n## Codec\n\ntwo\n",
  );
  expect(withSection("# Results\n", "Codec", "two")).toBe("# Results\n\n## Codec\n\ntwo\n");
});

test("values are the same regardless of their classes", () => {
  const expected = { a: [1, { b: "x" }], c: Float64Array.of(1, 2) };
  expect(isSame({ a: [1, { b: "x", extra: 1 }], c: [1, 2] }, expected)).toBe(true);
  expect(isSame({ a: [1, { b: "y" }], c: [1, 2] }, expected)).toBe(false);
  expect(isSame({ a: [1, { b: "x" }], c: [1, 2, 3] }, expected)).toBe(false);
});
