import { describe, expect, test } from "vitest";
import { createCodec, type EngineChoice } from "../../src/index.ts";
import { build, bytesOf, cases, fitsNumbers, hexOf } from "../support/fixture.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];

test("the fixtures cover profile A", () => {
  expect(cases.length).toBeGreaterThan(250);
});

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine });

  test.each(cases)("$name", (given) => {
    for (const wide of fitsNumbers(given)
      ? (["bigint", "number"] as const)
      : (["bigint"] as const)) {
      const { type, value } = build(given, wide);
      expect(codec.decode(type, bytesOf(given.hex))).toEqual(value);
      const encoded = codec.encode(type, value);
      if (given.free) expect(codec.decode(type, encoded)).toEqual(value);
      else expect(hexOf(encoded)).toBe(given.hex);
    }
  });
});
