import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, createCodec, wireType } from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";
import { bytesOf, hexOf } from "../support/fixture.ts";
import { nativeValues as values } from "../support/native-values.ts";

const codec = nativeCodec();
const head = "00010c6a7331";

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

const refused = (hex: string): CodecError => failure(() => codec.decode(bytesOf(head + hex)));

describe("broken messages", () => {
  test("are refused when cut anywhere, and the codec stays usable", () => {
    for (const value of values) {
      const bytes = codec.encode(value);
      for (let end = 0; end < bytes.length; end++) {
        expect(failure(() => codec.decode(bytes.subarray(0, end)))).toMatchObject({ code: "data" });
      }
      expect(hexOf(codec.encode(codec.decode(bytes)))).toBe(hexOf(bytes));
    }
  });

  test("are decoded or refused with any byte changed", () => {
    for (const value of values) {
      const bytes = codec.encode(value);
      for (let at = 0; at < bytes.length; at++) {
        for (const flip of [1, 2, 4, 8, 0x10, 0x40, 0x80, 0xff]) {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) ^ flip;
          try {
            codec.decode(changed);
          } catch (reason) {
            if (!(reason instanceof CodecError)) throw reason;
            expect(["data", "mismatch", "limit"]).toContain(reason.code);
          }
        }
      }
      expect(hexOf(codec.encode(codec.decode(bytes)))).toBe(hexOf(bytes));
    }
  });

  test.each([
    ["nothing", "", /ends where 1 more/],
    ["a message of XLANG", "02ff1d", /first byte 2: .*XLANG/],
    ["a message of Fory 1.0", "01ff1d", /first byte 1: .*XLANG/],
    ["JSON", hexOf(new TextEncoder().encode("{}")), /first byte 123/],
    ["another version", "00020c6a733124", /version 2 of NATIVE: this side reads version 1/],
    ["another language", "0001146a61766131" + "24", /the language "java1".*"js1"/],
    ["pickles of Python", "0080049524", /version 128/],
  ])("are refused by their beginning: %s", (_, hex, text) => {
    const error = failure(() => codec.decode(bytesOf(hex)));
    expect(error).toMatchObject({ code: "data" });
    expect(error.message).toMatch(text);
  });

  test("of NATIVE are refused by other modes", () => {
    const Type = wireType("native/Mode", { v: z.int() });
    const bytes = createCodec({ mode: "native" }).encode(Type, { v: 1 });
    for (const mode of ["xlang", "json"] as const) {
      expect(failure(() => createCodec({ mode }).decode(Type, bytes))).toMatchObject({
        code: "data",
      });
    }
  });

  test.each([
    ["an unknown id", "3f", /type id 63/],
    ["a reference to nothing", "4200", /unknown object 0/],
    ["a reference to a later object", "16020042011600", /unknown object 1/],
    ["a text that never was", "4305", /unknown text 5/],
    ["a shape that never was", "60", /unknown shape 0/],
    ["a key twice", "4d0404610461a1a2", /twice/],
    ["a key twice in a dictionary", "4f020461a10461a2", /twice/],
    ["a list of another common type", "16010815", /list of type id 21/],
    ["unknown list flags", "160104a0", /list flags 4/],
    ["a boolean of 2", "0102", /boolean of 2/],
    ["a count without elements", "16ffffffff0f", /count of 4294967295/],
    ["a map without pairs", "18ffffff07", /count of/],
    ["a set without items", "17ffffff07", /count of/],
    ["text beyond the end", "15fcff03", /ends where/],
    ["a bigint beyond the end", "45feffffff0f", /limit|ends|bytes/],
    ["a buffer beyond the end", "4affffff7f", /ends where/],
    ["doubles beyond the end", "160408140000", /ends where/],
    ["odd bytes for doubles", "380300000000", /3 bytes for elements of 8/],
    ["a view of no class", "4b1500", /view of type id 21/],
    ["a view of no buffer", "160200a04b290100", /has no bytes/],
    ["a view of itself", "4b29010000", /has no bytes/],
    ["a view beyond its buffer", "4b2900020000" + "0003", /view of 3 elements/],
    ["a view out of line", "4b2d00040000000001" + "01", /view of 1 elements at 1/],
    ["the buffer of an object", "1602004f004c01", /has no bytes/],
    ["a broken expression", "4715042815" + "00", /regular expression/],
    ["unknown flags of an expression", "471504611504" + "78", /regular expression/],
    ["an error of no class", "480900", /error of kind 9/],
    ["unknown flags of an error", "480010", /flags 16/],
    ["an error named by a number", "480001a0", /type id 160 where text/],
    ["a boxed object", "494f00", /nested|no primitive/],
    ["a boxed undefined", "4940", /not a primitive/],
    ["an unknown type", "1d020478", /type x is not known/],
    ["bytes after the value", "2424", /1 bytes are left/],
    ["a date out of range", "26ffffffffffffff7f00000000", /range of Date/],
  ])("%s", (_, hex, text) => {
    const error = refused(hex);
    expect(["data", "mismatch", "limit"]).toContain(error.code);
    expect(error.message).toMatch(text);
  });

  test("errors have a path or an offset", () => {
    const error = refused("160200a04d0204613f");
    expect(error).toMatchObject({ code: "data", path: "value[1].a", offset: 15 });
  });
});

describe("limits", () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { value };
    return value;
  };

  test("hold for depth in both directions", () => {
    expect(codec.decode(codec.encode(nested(50)))).toEqual(nested(50));
    expect(failure(() => codec.encode(nested(51)))).toMatchObject({ code: "limit" });
    const deep = nativeCodec({ limits: { depth: 1_000 } });
    expect(failure(() => codec.decode(deep.encode(nested(51))))).toMatchObject({ code: "limit" });
    expect(codec.decode(codec.encode(nested(50)))).toEqual(nested(50));
  });

  test("hold for the stack if the limit of depth is larger", () => {
    const endless = nativeCodec({ limits: { depth: Number.MAX_SAFE_INTEGER } });
    expect(failure(() => endless.encode(nested(200_000)))).toMatchObject({ code: "limit" });
    expect(failure(() => endless.decode(bytesOf(head + "160100".repeat(300_000))))).toMatchObject({
      code: "limit",
    });
    expect(endless.decode(endless.encode(nested(100)))).toEqual(nested(100));
  });

  test("hold for size in both directions", () => {
    const small = nativeCodec({ limits: { messageBytes: 1_000 } });
    expect(failure(() => small.encode("x".repeat(1_000)))).toMatchObject({ code: "limit" });
    expect(failure(() => small.encode(new Array(2 ** 32 - 1)))).toMatchObject({ code: "limit" });
    expect(failure(() => small.decode(codec.encode("x".repeat(1_000))))).toMatchObject({
      code: "limit",
    });
    expect(small.decode(small.encode("small again"))).toBe("small again");
  });

  test("hold for memory", () => {
    const tight = nativeCodec({ limits: { graphBytes: 100_000 } });
    const costly: readonly unknown[] = [
      new Array(20_000).fill(1),
      Array.from({ length: 3_000 }, () => ({})),
      Array.from({ length: 2_000 }, () => new Map()),
      Array.from({ length: 5_000 }, (_, i) => `text ${i}`),
      Array.from({ length: 200 }, () => new Error("x")),
      Array.from({ length: 1_000 }, () => new Uint8Array(0)),
      Array.from({ length: 2_000 }, () => new Date(0)),
      Array.from({ length: 400 }, () => /a/),
    ];
    for (const value of costly) {
      const bytes = codec.encode(value);
      expect(failure(() => tight.decode(bytes))).toMatchObject({ code: "limit" });
      codec.decode(bytes);
    }
    expect(tight.decode(tight.encode([1]))).toEqual([1]);
  });

  test("hold for patterns", () => {
    expect(failure(() => codec.decode(codec.encode(new RegExp("a".repeat(70_000)))))).toMatchObject(
      {
        code: "limit",
      },
    );
  });

  test("hold for thousands of shapes from a peer", () => {
    const shapes = Array.from({ length: 3_000 }, (_, i) =>
      new Array(20).fill({}).map(() => ({ [`k${i}`]: i })),
    );
    const started = performance.now();
    expect(codec.decode(codec.encode(shapes))).toEqual(shapes);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

test("only bytes are decoded", () => {
  for (const bytes of [null, undefined, "text", [0, 1], new ArrayBuffer(4)]) {
    expect(failure(() => codec.decode(bytes as never))).toMatchObject({ code: "type" });
  }
});
