import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bfloat16Array,
  boolArray,
  bytes,
  CodecError,
  type CodecOptions,
  createCodec,
  createTypeScope,
  uint8Array,
  wireType,
} from "../../src/index.ts";

const scope = createTypeScope();
const Data = wireType(
  "views/Data",
  {
    raw: bytes(),
    wide: z.instanceof(Float64Array),
    ints: z.instanceof(Int32Array),
    shorts: z.instanceof(Uint16Array),
    small: uint8Array(),
    longs: z.instanceof(BigInt64Array),
    parts: z.array(bytes()),
    any: z.any(),
    maybe: z.instanceof(Float32Array).optional(),
  },
  { scope },
);
const value = {
  raw: Uint8Array.of(1, 2, 3),
  wide: Float64Array.of(1.5, -2, 3e300),
  ints: Int32Array.of(-1, 2 ** 30),
  shorts: Uint16Array.of(65535, 1),
  small: Uint8Array.of(9),
  longs: BigInt64Array.of(-(2n ** 63n), 7n),
  parts: [Uint8Array.of(4), Uint8Array.of(5, 6)],
  any: [Uint8Array.of(7, 8), Int32Array.of(3)],
  maybe: Float32Array.of(0.5),
};
type Decoded = typeof value;

const ways = (["A", "B"] as const).flatMap((profile) =>
  (["closures", "generated"] as const).map((engine) => ({ profile, engine })),
);

function viewsOf(decoded: Decoded): ArrayBufferView[] {
  const { parts, any, ...fields } = decoded;
  return [...Object.values(fields), ...parts, ...any];
}

describe.each(ways)("profile $profile, $engine", ({ profile, engine }) => {
  const codec = createCodec({ profile, engine, views: true }).type(Data);
  const message = codec.encode(value);

  test("numbers are a view where their size divides their position, and equal everywhere", () => {
    const kept = new Set<string>();
    for (let offset = 0; offset < 16; offset++) {
      const memory = new Uint8Array(message.length + offset);
      memory.set(message, offset);
      const decoded = codec.decode(memory.subarray(offset)) as Decoded;
      expect(decoded).toEqual(value);
      for (const view of [decoded.raw, decoded.small, ...decoded.parts, decoded.any[0]]) {
        expect(view?.buffer).toBe(memory.buffer);
      }
      for (const view of viewsOf(decoded)) {
        const inside = view.buffer === memory.buffer;
        if (inside) kept.add(view.constructor.name);
        else expect(view.byteLength).toBe(view.buffer.byteLength);
      }
    }
    expect([...kept].sort()).toEqual([
      "BigInt64Array",
      "Float32Array",
      "Float64Array",
      "Int32Array",
      "Uint16Array",
      "Uint8Array",
    ]);
  });

  test("numbers are a view at every position that their size divides", () => {
    const One = wireType("views/One", { wide: z.instanceof(Float64Array) }, { scope });
    const one = createCodec({ profile, engine, views: true }).type(One);
    const given = one.encode({ wide: Float64Array.of(1, 2) });
    const before = given.length - 16;
    const views = Array.from({ length: 16 }, (_, offset) => {
      const memory = new Uint8Array(given.length + offset);
      memory.set(given, offset);
      return one.decode(memory.subarray(offset)).wide.buffer === memory.buffer;
    });
    expect(views).toEqual(Array.from({ length: 16 }, (_, i) => (before + i) % 8 === 0));
  });

  test("a view changes with the message, a copy does not", () => {
    const kept = message.slice();
    const decoded = codec.decode(kept) as Decoded;
    kept.fill(0);
    expect(decoded.raw).toEqual(Uint8Array.of(0, 0, 0));
    const copies = createCodec({ profile, engine }).type(Data);
    const reused = message.slice();
    const apart = copies.decode(reused) as Decoded;
    reused.fill(0);
    expect(apart).toEqual(value);
    for (const view of viewsOf(apart)) expect(view.buffer).not.toBe(reused.buffer);
  });

  test("values that change their form are copies", () => {
    const Halves = wireType("views/Halves", { b: boolArray(), h: bfloat16Array() }, { scope });
    const halves = createCodec({ profile, engine, views: true }).type(Halves);
    const encoded = halves.encode({ b: [true, false], h: Float32Array.of(1, -2) });
    const decoded = halves.decode(encoded);
    encoded.fill(0);
    expect(decoded).toEqual({ b: [true, false], h: Float32Array.of(1, -2) });
  });

  test("messages in Node's buffers give plain arrays", () => {
    const memory = Buffer.from(message);
    const { raw } = codec.decode(memory) as Decoded;
    expect(raw.constructor).toBe(Uint8Array);
    expect(raw.buffer).toBe(memory.buffer);
  });
});

test("a length that the element size does not divide is refused, as without views", () => {
  const One = wireType("views/Two", { wide: z.instanceof(Float64Array) }, { scope });
  const codec = createCodec({ views: true }).type(One);
  const encoded = codec.encode({ wide: Float64Array.of(1) });
  encoded[encoded.length - 9] = 7;
  expect(() => codec.decode(encoded)).toThrow("7 bytes for numbers of 8 bytes each");
  encoded[encoded.length - 9] = 16;
  expect(() => codec.decode(encoded)).toThrow("where 16 more bytes should follow");
});

test.each<[string, CodecOptions]>([
  ["json", { mode: "json" }],
  ["native", { mode: "native" }],
  [
    "another engine",
    {
      engine: {
        id: "other",
        profiles: ["A"],
        create: () => ({ encode: () => new Uint8Array(), decode: () => undefined }),
      },
    },
  ],
])("%s makes no views", (_, options) => {
  expect(() => createCodec({ ...options, views: true })).toThrow(CodecError);
});
