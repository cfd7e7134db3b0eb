import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  createCodec,
  createTypeScope,
  defaultLimits,
  type EngineChoice,
  wireType,
} from "../../src/index.ts";
import { build, bytesOf, cases, hexOf } from "../support/fixture.ts";

const engines: readonly EngineChoice[] = ["closures", "generated"];
const Text = wireType("hostile/Text", { v: z.string() });
const List = wireType("hostile/List", { v: z.array(z.string()) });

function failure(run: () => unknown): CodecError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
  throw new Error("nothing was thrown");
}

/** Decoding may succeed or throw a CodecError, nothing else. */
function survives(run: () => unknown): void {
  try {
    run();
  } catch (reason) {
    if (!(reason instanceof CodecError)) throw reason;
    expect(["data", "mismatch", "limit"]).toContain(reason.code);
  }
}

describe.each(engines)("%s", (engine) => {
  const codec = createCodec({ engine });
  const head = (type: typeof Text | typeof List): string =>
    hexOf(codec.encode(type, { v: type === Text ? "" : [] } as never)).slice(0, -2);

  test("refuses every vector when cut at any byte", () => {
    for (const given of cases) {
      const { type, value } = build(given, "bigint");
      const bytes = bytesOf(given.hex);
      const step = bytes.length > 400 ? 37 : 1;
      for (let end = 0; end < bytes.length; end += step) {
        const error = failure(() => codec.decode(type, bytes.subarray(0, end)));
        expect(["data", "mismatch"]).toContain(error.code);
      }
      // the same codec reads valid bytes afterwards
      expect(codec.decode(type, bytes)).toEqual(value);
    }
  });

  test("decodes or refuses every vector with any byte changed", () => {
    for (const given of cases) {
      const { type } = build(given, "bigint");
      const bytes = bytesOf(given.hex);
      const step = bytes.length > 200 ? 23 : 1;
      for (let at = 0; at < bytes.length; at += step) {
        for (const flip of [1, 0x80, 0xff, 0x10]) {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) ^ flip;
          survives(() => codec.decode(type, changed));
        }
      }
    }
  }, 60_000);

  test.each([
    ["nothing", "", /ends where 1 more/],
    ["null", "03fd", /holds null/],
    ["a null flag", "02fd", /holds null/],
    ["an exact message of Fory 1.x", "01ff1d00020061", /expected, the message holds a /],
    ["JSON", hexOf(new TextEncoder().encode("{}")), /first byte 123/],
    ["a reference", "02fe00", /a reference/],
    ["a string as root", "02ff1504", /type id 29\) expected, type id 21/],
    ["a name that was never given", "02ff1d03", /unknown name 1/],
    ["a huge name", "02ff1d80808008", /a name of/],
    ["a name in an unknown encoding", "02ff1d020900", /meta string encoding 9/],
    ["a name with letters outside its alphabet", "02ff1d04017fff", /alphabet/],
  ])("%s is refused", (_, hex, text) => {
    expect(failure(() => codec.decode(Text, bytesOf(hex))).message).toMatch(text);
  });

  test("names another type, or another shape of the type", () => {
    const other = failure(() => codec.decode(Text, codec.encode(List, { v: [] })));
    expect(other).toMatchObject({ code: "mismatch" });
    expect(other.message).toMatch(/hostile\/Text expected, the message holds hostile\/List/);
    const Wider = wireType(
      "hostile/Text",
      { v: z.string(), w: z.int() },
      { scope: createTypeScope() },
    );
    const shape = failure(() => codec.decode(Text, codec.encode(Wider, { v: "", w: 1 })));
    expect(shape).toMatchObject({ code: "mismatch" });
    expect(shape.message).toMatch(
      /hostile\/Text has another shape here \(hash [0-9a-f]{8}\) .* \(hash [0-9a-f]{8}\)/,
    );
  });

  test("refuses bytes after the value", () => {
    const bytes = Uint8Array.from([...codec.encode(Text, { v: "x" }), 0]);
    expect(failure(() => codec.decode(Text, bytes))).toMatchObject({ code: "data" });
  });

  test.each([
    ["a length beyond the message", `${"ff".repeat(3)}7f`, /ends where/],
    ["a length of 2^60", "fcffffffffffffff3f", /more than 2\^29/],
    ["an unknown encoding", "0761", /unknown encoding/],
    ["broken UTF-8", "06ff", /not UTF-8/],
    ["over-long UTF-8", "0ac080", /not UTF-8/],
    ["a surrogate in UTF-8", "0eeda080", /not UTF-8/],
    ["odd UTF-16", "0d616263", /odd number/],
    ["a lone surrogate in UTF-16", "0900d8", /lone surrogate/],
  ])("refuses text: %s", (_, tail, text) => {
    const error = failure(() => codec.decode(Text, bytesOf(head(Text) + tail)));
    expect(error).toMatchObject({ code: "data", path: "hostile/Text.v" });
    expect(error.message).toMatch(text);
    expect(error.offset).toBeGreaterThan(10);
  });

  test("reads text in all three encodings", () => {
    for (const [tail, v] of [
      ["0461", "a"],
      ["0661", "a"],
      ["096100", "a"],
      ["04e9", "é"],
      ["0ac3a9", "é"],
      ["09e900", "é"],
      ["113dd880de", "🚀"],
      ["0eefbbbf", "\ufeff"],
    ] as const) {
      expect(codec.decode(Text, bytesOf(head(Text) + tail))).toEqual({ v });
    }
    const long = "ab".repeat(5_000);
    const utf16 = Buffer.from(long, "utf16le");
    const size = (utf16.length << 2) | 1;
    const length = [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14];
    expect(
      codec.decode(Text, Uint8Array.from([...bytesOf(head(Text)), ...length, ...utf16])),
    ).toEqual({ v: long });
  });

  test("reads lists in forms that it does not write", () => {
    for (const [tail, v] of [
      ["01081504 61", ["a"]],
      ["0200150461150462", ["a", "b"]],
      ["010dff0461", ["a"]],
      ["010d000461", ["a"]],
      ["020eff0461ff0462", ["a", "b"]],
      ["0209 15ff0461ff0462", ["a", "b"]],
    ] as const) {
      expect(codec.decode(List, bytesOf((head(List) + tail).replaceAll(" ", "")))).toEqual({ v });
    }
    for (const [tail, text] of [
      ["ffffffff0f", /a count of 4294967295 with 0 bytes left/],
      ["ffffffff7f", /more than 32 bits/],
      ["0110", /list flags 16/],
      ["01081601", /type id 21 expected, 22 found/],
      ["010efd", /null in a list that has no nulls/],
      ["010afd", /expected, 253 found/],
      ["010dfe00", /a reference/],
      ["010d05", /flag byte 5/],
    ] as const) {
      expect(failure(() => codec.decode(List, bytesOf(head(List) + tail))).message).toMatch(text);
    }
  });

  test("refuses map chunks with wrong counts", () => {
    const Pairs = wireType("hostile/Map", { v: z.record(z.string(), z.string()) });
    const start = hexOf(codec.encode(Pairs, { v: {} })).slice(0, -2);
    const read = (tail: string) => codec.decode(Pairs, bytesOf(start + tail));
    expect(read("01000115150461 0462".replaceAll(" ", ""))).toEqual({ v: { a: "b" } });
    expect(read("012d01ff0461ff0462")).toEqual({ v: { a: "b" } });
    for (const [tail, text] of [
      ["012400", /chunk of 0 pairs/],
      ["01240204610462", /chunk of 2 pairs with 1 left/],
      ["01400104610462", /map flags 64/],
      ["0122 0462", /null key/],
      ["01140461", /null in a map that has no nulls/],
      ["ffffff7f", /a count of/],
    ] as const) {
      expect(failure(() => read(tail.replaceAll(" ", ""))).message).toMatch(text);
    }
  });

  test("limits the size of integers", () => {
    const Int = wireType("hostile/Int", { v: z.int() });
    const start = hexOf(codec.encode(Int, { v: 0 })).slice(0, -2);
    const read = (tail: string) => codec.decode(Int, bytesOf(start + tail)).v;
    expect(read("feffffffffffff1f")).toBe(Number.MAX_SAFE_INTEGER);
    expect(read("fdffffffffffff1f")).toBe(Number.MIN_SAFE_INTEGER);
    expect(read("8000")).toBe(0);
    for (const tail of ["ffffffffffffff1f", "80808080808080 20", "feffffffffffffffff"]) {
      expect(failure(() => read(tail.replaceAll(" ", ""))).message).toMatch(/z\.int64\(\)/);
    }
    // at most nine bytes: the rest is not part of the integer
    expect(failure(() => read("80".repeat(10)))).toMatchObject({ code: "data" });
  });

  test("limits depth in both directions, and refuses cyclic values", () => {
    const Tree = wireType("hostile/Tree", {
      get kids() {
        return z.array(Tree);
      },
    });
    type Tree = { kids: Tree[] };
    const nest = (levels: number): Tree =>
      levels === 1 ? { kids: [] } : { kids: [nest(levels - 1)] };
    // a struct and its list are two levels
    const deepest = codec.encode(Tree, nest(25));
    expect(codec.decode(Tree, deepest)).toEqual(nest(25));
    expect(failure(() => codec.encode(Tree, nest(26)))).toMatchObject({ code: "limit" });
    const roomy = createCodec({ engine, limits: { depth: 300 } });
    const deep = roomy.encode(Tree, nest(100));
    expect(roomy.decode(Tree, deep)).toEqual(nest(100));
    expect(failure(() => codec.decode(Tree, deep))).toMatchObject({ code: "limit" });
    const cyclic: Tree = { kids: [] };
    cyclic.kids.push(cyclic);
    const error = failure(() => codec.encode(Tree, cyclic));
    expect(error).toMatchObject({ code: "limit" });
    expect(error.message).toMatch(/cyclic/);
    const Any = wireType("hostile/Any", { v: z.any() });
    const loop: unknown[] = [];
    loop.push(loop);
    expect(failure(() => codec.encode(Any, { v: loop }))).toMatchObject({ code: "limit" });
    const lists = hexOf(codec.encode(Any, { v: null })).slice(0, -2);
    const bomb = bytesOf(`${lists}16${"010816".repeat(100_000)}00`);
    expect(failure(() => codec.decode(Any, bomb))).toMatchObject({ code: "limit" });
  });

  test("limits the size of messages in both directions", () => {
    const small = createCodec({ engine, limits: { messageBytes: 100 } });
    expect(small.decode(Text, small.encode(Text, { v: "x".repeat(60) }))).toEqual({
      v: "x".repeat(60),
    });
    const large = codec.encode(Text, { v: "x".repeat(200) });
    expect(failure(() => small.encode(Text, { v: "x".repeat(200) }))).toMatchObject({
      code: "limit",
    });
    expect(failure(() => small.encode(Text, { v: "x".repeat(100_000) }))).toMatchObject({
      code: "limit",
    });
    expect(failure(() => small.decode(Text, large))).toMatchObject({ code: "limit" });
    expect(
      failure(() => small.encodeInto(Text, { v: "x".repeat(200) }, new Uint8Array(1_000), 0)),
    ).toMatchObject({
      code: "limit",
    });
    const huge = "é".repeat(defaultLimits.messageBytes - 100);
    expect(codec.decode(Text, codec.encode(Text, { v: huge }))).toEqual({ v: huge });
    expect(failure(() => codec.encode(Text, { v: `${huge}${"x".repeat(100)}` }))).toMatchObject({
      code: "limit",
    });
    expect(codec.decode(Text, codec.encode(Text, { v: "small again" }))).toEqual({
      v: "small again",
    });
  });

  test("charges containers before it makes them", () => {
    const Bools = wireType("hostile/Bools", { v: z.array(z.boolean()) });
    const many = codec.encode(Bools, { v: new Array<boolean>(100_000).fill(true) });
    expect(codec.decode(Bools, many).v.length).toBe(100_000);
    const tight = createCodec({ engine, limits: { graphBytes: 100_000 } });
    expect(failure(() => tight.decode(Bools, many))).toMatchObject({ code: "limit" });
    const Any = wireType("hostile/Any", { v: z.any() });
    const start = hexOf(codec.encode(Any, { v: null })).slice(0, -2);
    // elements of the type none take no bytes of their own
    expect(failure(() => codec.decode(Any, bytesOf(`${start}16ffffffff070824`)))).toMatchObject({
      code: "data",
    });
  });

  test("error texts contain little of a payload", () => {
    const Enum = wireType("hostile/Enum", { v: z.enum(["a"]) });
    const secret = "s".repeat(10_000);
    expect(failure(() => codec.encode(Enum, { v: secret } as never)).message.length).toBeLessThan(
      200,
    );
    const Pairs = wireType("hostile/Keys", { v: z.record(z.string(), z.int()) });
    expect(
      failure(() => codec.encode(Pairs, { v: { [secret]: "x" } } as never)).message.length,
    ).toBeLessThan(250);
  });

  test("decodes bytes only", () => {
    for (const bytes of [null, undefined, "text", [2, 255], new ArrayBuffer(4)]) {
      expect(failure(() => codec.decode(Text, bytes as never))).toMatchObject({ code: "type" });
    }
  });
});
