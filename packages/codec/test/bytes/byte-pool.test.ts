import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createCodec, createTypeScope, wireType } from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";

const scope = createTypeScope();
const Note = wireType("pool/Note", { text: z.string() }, { scope });

const codecs = {
  generated: createCodec({ engine: "auto" }).type(Note),
  closures: createCodec({ engine: "closures" }).type(Note),
  "typed native": createCodec({ mode: "native" }).type(Note),
  native: nativeCodec(),
};

/** Values with messages of all sizes around the thresholds of the pool. */
const values = [
  1, 20, 40, 60, 100, 500, 1_900, 2_040, 2_100, 5_000, 20_000, 66_000, 150_000, 3, 70,
].flatMap((n) => [{ text: "a".repeat(n) }, { text: "é".repeat(n) }, { text: "€".repeat(n) }]);

describe.each(Object.entries(codecs))("%s", (_, codec) => {
  test("messages do not change while others are encoded", () => {
    const made: { readonly bytes: Uint8Array; readonly copy: Uint8Array; readonly text: string }[] =
      [];
    for (let round = 0; round < 20; round++) {
      for (const value of values) {
        const bytes = codec.encode(value);
        made.push({ bytes, copy: bytes.slice(), text: value.text });
      }
    }
    for (const { bytes, copy, text } of made) {
      expect(Buffer.compare(bytes, copy)).toBe(0);
      expect((codec.decode(bytes) as { text: string }).text).toBe(text);
    }
  });

  test("callers may write to their bytes", () => {
    const before = codec.encode({ text: "b".repeat(100) });
    const bytes = codec.encode({ text: "c".repeat(100) });
    const after = codec.encode({ text: "d".repeat(100) });
    bytes.fill(0);
    expect(codec.decode(before)).toEqual({ text: "b".repeat(100) });
    expect(codec.decode(after)).toEqual({ text: "d".repeat(100) });
  });

  test("a getter of the value may encode", () => {
    let inner: Uint8Array | undefined;
    const arena = new Uint8Array(500);
    let innerSize = 0;
    const value = {
      get text(): string {
        inner = codec.encode({ text: "inner".repeat(30) });
        innerSize = codec.encodeInto({ text: "placed".repeat(30) }, arena, 7);
        return "outer".repeat(30);
      },
    };
    const outer = codec.encode(value);
    const own = new Uint8Array(500);
    const size = codec.encodeInto(value, own, 3);
    expect(codec.decode(outer)).toEqual({ text: "outer".repeat(30) });
    expect(codec.decode(own.subarray(3, 3 + size))).toEqual({ text: "outer".repeat(30) });
    expect(codec.decode(inner as Uint8Array)).toEqual({ text: "inner".repeat(30) });
    expect(codec.decode(arena.subarray(7, 7 + innerSize))).toEqual({ text: "placed".repeat(30) });
  });

  test("encoding continues after a message was transferred, and after a bad value", () => {
    const text = "e".repeat(100);
    const { buffer } = codec.encode({ text });
    structuredClone(0, { transfer: [buffer as ArrayBuffer] });
    expect(codec.decode(codec.encode({ text }))).toEqual({ text });
    const bad = {
      get text(): string {
        throw new Error("no text today");
      },
    };
    expect(() => codec.encode(bad)).toThrow(/threw an error/);
    expect(() => codec.encodeInto(bad, new Uint8Array(500), 0)).toThrow(/threw an error/);
    expect(codec.decode(codec.encode({ text }))).toEqual({ text });
  });

  test("encodeInto writes nothing outside of its range", () => {
    const value = { text: "f".repeat(100) };
    const size = codec.encode(value).length;
    const buffer = new Uint8Array(size + 20).fill(7);
    expect(codec.encodeInto(value, buffer, 10)).toBe(size);
    expect([...buffer.subarray(0, 10), ...buffer.subarray(10 + size)]).toEqual(
      new Array(20).fill(7),
    );
    expect(() => codec.encodeInto(value, buffer, 21)).toThrow(/do not fit/);
    expect(() => codec.encodeInto(value, buffer, -1)).toThrow(/fit/);
    expect(() => codec.encodeInto(value, buffer, 0.5)).toThrow(/fit/);
  });
});

test("many small messages need few allocations", () => {
  const value = { text: "g".repeat(100) };
  const buffers = new Set(Array.from({ length: 100 }, () => codecs.generated.encode(value).buffer));
  expect(buffers.size).toBeLessThan(5);
});
