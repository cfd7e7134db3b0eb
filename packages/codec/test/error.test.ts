import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, compressPayload, createCodec, wireEnum, wireType } from "../src/index.ts";
import { nativeCodec } from "../src/native/index.ts";
import { rowCodec, rowReader } from "../src/row/index.ts";

function errorOf(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("no error");
}

describe("two copies of the package", () => {
  const url = new URL("../src/error.ts?copy", import.meta.url).href;
  const second = (): Promise<typeof import("../src/error.ts")> => import(/* @vite-ignore */ url);

  test("recognize each other's errors", async () => {
    const { CodecError: Other } = await second();
    expect(Other).not.toBe(CodecError);
    const theirs = new Other("mismatch", "another shape");
    expect(theirs).toBeInstanceOf(CodecError);
    expect(new CodecError("data", "broken")).toBeInstanceOf(Other);
    expect(Object.getPrototypeOf(theirs)).not.toBe(CodecError.prototype);
  });

  test("do not take other values for errors", () => {
    for (const value of [new Error("data"), { name: "CodecError", code: "data" }, null, "data"]) {
      expect(value).not.toBeInstanceOf(CodecError);
    }
  });

  test("do not show the brand in printed errors", () => {
    expect(Reflect.ownKeys(new CodecError("data", "broken")).map(String)).not.toContain(
      "Symbol(aster.CodecError)",
    );
  });
});

describe("bad options", () => {
  const Type = wireType("option/Type", { n: z.int() });
  const cases: readonly (readonly [string, (value: never) => unknown, unknown, string])[] = [
    [
      "limits of createCodec",
      (value) => createCodec({ limits: { messageBytes: value } }),
      -1,
      "option limits.messageBytes must be a non-negative integer, got -1",
    ],
    [
      "limits of nativeCodec",
      (value) => nativeCodec({ limits: { depth: value } }),
      1.5,
      "option limits.depth must be a non-negative integer, got 1.5",
    ],
    [
      "limits of rowCodec",
      (value) => rowCodec(Type, { limits: { graphBytes: value } }),
      "1",
      'option limits.graphBytes must be a non-negative integer, got "1"',
    ],
    [
      "limits of rowReader",
      (value) => rowReader({ fields: [] }, { limits: value }),
      7,
      "option limits must be an object, got 7",
    ],
    [
      "mode",
      (value) => createCodec({ mode: value }),
      "cbor",
      'option mode must be "xlang", "native" or "json", got "cbor"',
    ],
    [
      "engine",
      (value) => createCodec({ engine: value }),
      "wasm",
      'option engine must be "auto", "generated" or "closures", got "wasm"',
    ],
    [
      "profile",
      (value) => createCodec({ profile: value }),
      "C",
      'option profile must be "A" or "B", got "C"',
    ],
    ["refs", (value) => createCodec({ refs: value }), 1, "option refs must be a boolean, got 1"],
    [
      "scope",
      (value) => createCodec({ scope: value }),
      [],
      "option scope must be a scope made by createTypeScope(), got array",
    ],
    [
      "types",
      (value) => createCodec({ types: value }),
      Type,
      "option types must be an array, got ZodObject",
    ],
    [
      "views in another mode",
      (value) => createCodec({ mode: "json", views: value }),
      true,
      'option views must be false in mode "json", got true; only mode "xlang" makes views',
    ],
    [
      "compatible in profile A",
      (value) => createCodec({ compatible: value }),
      true,
      'option compatible must be false in profile "A", got true; use profile "B"',
    ],
    [
      "id of a type",
      (value) => wireType("option/Id", {}, { id: value }),
      -1,
      "option id must be an integer from 0 to 2^32 − 2, got -1",
    ],
    [
      "id of an enum",
      (value) => wireEnum("option/Enum", ["a"], { id: value }),
      0xffff_ffff,
      "option id must be an integer from 0 to 2^32 − 2, got 4294967295",
    ],
    [
      "naming",
      (value) => wireType("option/Naming", {}, { naming: value }),
      "camel",
      'option naming must be "snake" or "as-written", got "camel"',
    ],
    [
      "level of compression",
      (value) => compressPayload(new Uint8Array(1), value),
      23,
      "option level must be an integer from -131072 to 22, got 23",
    ],
  ];

  test.each(cases)("%s", (_, run, value, text) => {
    const error = errorOf(() => run(value as never));
    expect(error.code).toBe("option");
    expect(error.message).toBe(text);
  });

  test("are refused before types are prepared", () => {
    const types = [z.object({})];
    expect(errorOf(() => createCodec({ types, limits: { depth: -1 } })).code).toBe("option");
  });

  test("undefined stands for the default", () => {
    const { limits } = createCodec({ limits: { depth: undefined } as never });
    expect(limits.depth).toBe(50);
  });
});

test("tells subclasses apart", () => {
  class Special extends CodecError {}
  expect(new Special("data", "text")).toBeInstanceOf(CodecError);
  expect(new Special("data", "text")).toBeInstanceOf(Special);
  expect(new CodecError("data", "text")).not.toBeInstanceOf(Special);
});
