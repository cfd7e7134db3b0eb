import { describe, expect, test } from "vitest";
import { z } from "zod";
import { loadApacheFory } from "../src/adapters/apache-fory.ts";
import {
  type CodecEngine,
  CodecError,
  createCodec,
  defaultLimits,
  wireType,
} from "../src/index.ts";

const Inner = wireType("engine/Inner", { someText: z.string() });
const Outer = wireType("engine/Outer", {
  itsInner: Inner,
  all: z.array(Inner),
  by: z.map(z.string(), Inner),
  count: z.int32().default(3),
  maybe: z.boolean().optional(),
});

const text = new TextEncoder();
/** An engine whose messages are JSON, to show the calls that it received. */
const json: CodecEngine = {
  id: "json",
  profiles: ["B"],
  create: () => ({
    encode: (value) => text.encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  }),
};

/** Returns a module like Apache's package, which records the types that it received. */
function fakeModule(registered: unknown[] = []) {
  const type = (kind: string, ...parts: unknown[]) => ({ kind, parts });
  class Fory {
    register(given: unknown) {
      registered.push(given);
      return {
        serialize: (value: { all?: unknown }) => {
          if (value.all === 1) throw new Error("broken");
          return text.encode(JSON.stringify({ ...value, by: undefined }));
        },
        deserialize: (bytes: Uint8Array) => ({
          ...JSON.parse(new TextDecoder().decode(bytes)),
          by: new Map([["k", { some_text: "k" }]]),
        }),
      };
    }
  }
  const kinds = ["struct", "list", "map", "string", "bool", "int32"];
  const Type = Object.fromEntries(
    kinds.map((kind) => [kind, (...parts: unknown[]) => type(kind, ...parts)]),
  );
  return { default: Fory, Type };
}

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

describe("an engine of another package", () => {
  const codec = createCodec({ engine: json, profile: "B" }).type(Inner);

  test("encodes and decodes", () => {
    const bytes = codec.encode({ someText: "a" });
    expect(codec.decode(bytes)).toEqual({ someText: "a" });
    const buffer = new Uint8Array(64);
    expect(codec.encodeInto({ someText: "a" }, buffer, 3)).toBe(bytes.length);
    expect(buffer.subarray(3, 3 + bytes.length)).toEqual(bytes);
  });

  test("fails with the errors of this package", () => {
    expect(failure(() => codec.encodeInto({ someText: "a" }, new Uint8Array(3), 0)).code).toBe(
      "space",
    );
    expect(failure(() => codec.encodeInto({ someText: "a" }, new Uint8Array(99), -1)).code).toBe(
      "space",
    );
    const data = failure(() => codec.decode(text.encode("{")));
    expect(data).toMatchObject({ code: "data", path: "engine/Inner" });
    expect(data.cause).toBeInstanceOf(SyntaxError);
    expect(failure(() => codec.encode({ someText: 1n } as never)).code).toBe("value");
    const huge = new Uint8Array(defaultLimits.messageBytes + 1);
    expect(failure(() => codec.decode(huge)).code).toBe("limit");
  });

  test("is refused for a profile that it does not write", () => {
    const error = failure(() => createCodec({ engine: json }));
    expect(error.code).toBe("option");
    expect(error.message).toMatch(/^option profile must be "B" for the engine \S+, got "A"$/);
  });
});

describe("Apache's package", () => {
  test("is named when it is not installed", async () => {
    await expect(loadApacheFory()).rejects.toMatchObject({
      name: "CodecError",
      code: "type",
      message: expect.stringMatching(/npm install @apache-fory\/core/),
    });
    await expect(loadApacheFory(async () => ({}))).rejects.toMatchObject({ code: "type" });
  });

  test("receives types and values with their names on the wire", async () => {
    const registered: unknown[] = [];
    const engine = await loadApacheFory(async () => fakeModule(registered));
    const codec = createCodec({ engine, profile: "B" }).type(Outer);
    const bytes = codec.encode({
      itsInner: { someText: "one" },
      all: [{ someText: "two" }],
      by: new Map(),
    });
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({
      its_inner: { some_text: "one" },
      all: [{ some_text: "two" }],
      count: 3,
    });
    expect(codec.decode(bytes)).toEqual({
      itsInner: { someText: "one" },
      all: [{ someText: "two" }],
      by: new Map([["k", { someText: "k" }]]),
      count: 3,
      maybe: undefined,
    });
    expect(registered).toMatchObject([
      { kind: "struct", parts: [{ typeName: "engine.Outer" }, { its_inner: { kind: "struct" } }] },
    ]);
  });

  test("does not receive unsupported types", async () => {
    const engine = await loadApacheFory(async () => fakeModule());
    const codec = createCodec({ engine, profile: "B" });
    const Any = wireType("engine/Any", { v: z.any() });
    expect(failure(() => codec.type(Any))).toMatchObject({ code: "schema", path: "engine/Any.v" });
    const Tree = wireType("engine/Tree", {
      get kids() {
        return z.array(Tree);
      },
    });
    expect(failure(() => codec.type(Tree)).message).toMatch(/holds itself/);
  });
});
