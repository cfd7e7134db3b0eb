import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  type CheckedValue,
  CodecError,
  checkValue,
  createCodec,
  createTypeScope,
  date,
  decimal,
  duration,
  type TypeCodec,
  wireType,
  wireTypeInfo,
} from "../../src/index.ts";
import { nativeCodec } from "../../src/native/index.ts";

// Messages that compress well and took seconds to decode. A server takes some 50 ms for the most
// expensive ones now; the tests allow ten times as much for busy and slow machines.
const mostMs = 500;
/** A busy machine or the collector of garbage may disturb a measurement. */
const attempts = 3;

const noBytes = new Uint8Array(0);
const encoder = new TextEncoder();
const json = createCodec({ mode: "json" });
const xlang = createCodec({ profile: "B" });

/** The time of this thread, without the collector of garbage where the platform tells. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1_000;
}

/** Decodes and returns "accepted" or the code of the error. Throws if it takes too long. */
function decoded(codec: Pick<TypeCodec<unknown>, "decode">, bytes: Uint8Array): string {
  let leastMs = Number.POSITIVE_INFINITY;
  let outcome = "accepted";
  for (let attempt = 0; attempt < attempts && leastMs > mostMs / 2; attempt++) {
    const before = cpuMs();
    try {
      codec.decode(bytes);
    } catch (reason) {
      if (!(reason instanceof CodecError)) throw reason;
      outcome = reason.code;
    }
    leastMs = Math.min(leastMs, cpuMs() - before);
  }
  expect(leastMs).toBeLessThan(mostMs);
  return outcome;
}

const repeated = (text: string, count: number): string =>
  new Array<string>(count).fill(text).join();
const members = (count: number): string =>
  Array.from({ length: count }, (_, i) => `"k${i}":0`).join();

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => i).join();
const forms = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `{"a${i % 300}":1,"b${i % 301}":1,"c${i % 307}":1}`,
  ).join();
/** Keys of pairs that a hash of base 31 does not tell apart. */
const twins = (count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const bits = i.toString(2).padStart(17, "0");
    return `"${bits.replaceAll("0", "Aa").replaceAll("1", "BB")}":0`;
  }).join();

describe("JSON", () => {
  const sparse = Array.from({ length: 40 }, (_, i) => [`f${i}`, z.int().nullish()] as const);
  const Sparse = wireType("attack/Sparse", Object.fromEntries(sparse), {
    scope: createTypeScope(),
  });
  const Known = wireType("attack/Known", { a: z.int() }, { scope: createTypeScope() });
  const times = z.array(z.date());
  test.each([
    ["900 000 wide integers", z.any(), `[${repeated("9007199254740993", 900_000)}]`, "limit"],
    ["50 000 wide integers", z.any(), `[${repeated("9007199254740993", 50_000)}]`, "accepted"],
    ["8 million numbers", z.any(), `[${repeated("0", 8_000_000)}]`, "limit"],
    ["900 000 integers", z.array(z.int()), `[${repeated("0", 900_000)}]`, "accepted"],
    ["1.3 million unknown keys", Known, `{${members(1_300_000)}}`, "limit"],
    ["40 000 unknown keys", Known, `{${members(40_000)}}`, "mismatch"],
    ["text of 15 MB", z.any(), `"${"x".repeat(15_000_000)}"`, "accepted"],
    ["text of escapes", z.any(), `"${"\\u0041".repeat(2_500_000)}"`, "accepted"],
    ["a broken end", z.any(), `[${repeated("0", 900_000)}x`, "data"],
    ["a bad last element", z.array(z.int()), `[${repeated("0", 900_000)},""]`, "data"],
    ["160 000 times", times, `[${repeated('"2026-11-21T10:11:12.5Z"', 160_000)}]`, "limit"],
    ["300 000 days", z.array(date()), `[${repeated('"2026-11-21"', 300_000)}]`, "limit"],
    ["300 000 durations", z.array(duration()), `[${repeated('"1.5s"', 300_000)}]`, "limit"],
    ["340 000 empty bytes", z.array(bytes()), `[${repeated('""', 340_000)}]`, "limit"],
    ["600 000 entries of a set", z.set(z.int()), `[${numbers(600_000)}]`, "limit"],
    ["400 000 sets", z.array(z.set(z.int())), `[${repeated("[1]", 400_000)}]`, "limit"],
    ["400 000 objects without fields", z.array(Sparse), `[${repeated("{}", 400_000)}]`, "limit"],
    ["objects of changing forms", z.any(), `[${forms(85_000)}]`, "limit"],
    ["keys of equal polynomials", z.any(), `{${twins(100_000)}}`, "limit"],
    ["long keys", z.any(), `{${members(60_000).replaceAll("k", "k".repeat(200))}}`, "limit"],
    ["many closing brackets", z.any(), `${"]".repeat(3_000_000)}[`, "data"],
    ["400 000 times", times, `[${repeated('"2026-11-21T10:11:12.5Z"', 400_000)}]`, "limit"],
  ] as const)("%s", (_, type, text, outcome) => {
    expect(decoded(json.type<z.core.$ZodType>(type), encoder.encode(text))).toBe(outcome);
  });
});

/** A message of NATIVE: a list of one value, again and again. */
function nativeList(unit: readonly number[], count: number): Uint8Array {
  const head = [0, 1, 12, 0x6a, 0x73, 0x31, 22, ...varuint(count), 0];
  const bytes = new Uint8Array(head.length + unit.length * count);
  bytes.set(head);
  for (let i = 0; i < count; i++) bytes.set(unit, head.length + i * unit.length);
  return bytes;
}

function varuint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const bigint = (size: number): number[] => [69, ...varuint(size * 2), ...new Array(size).fill(255)];

describe("NATIVE", () => {
  const native = nativeCodec();
  test.each([
    ["bigints of 64 KiB", bigint(65_536), 200, "limit"],
    ["bigints of 9 bytes", bigint(9), 1_400_000, "limit"],
    ["bigints of 64 bits", [68, 255, 255, 255, 255, 255, 255, 255, 255, 127], 800_000, "limit"],
    ["60 000 errors", [72, 0, 0], 60_000, "limit"],
    ["130 000 patterns", [71, 21, 4, 97, 21, 4, 103], 130_000, "limit"],
    ["8 million numbers", [160], 8_000_000, "limit"],
    ["a million views", [41, 0], 400_000, "limit"],
    ["a million lists", [22, 0], 1_000_000, "limit"],
    ["a million maps", [24, 0], 500_000, "limit"],
    ["dates", [38, ...new Array(12).fill(0)], 600_000, "limit"],
  ] as const)("%s", (_, unit, count, outcome) => {
    expect(decoded(native, nativeList(unit, count))).toBe(outcome);
  });

  test("one bigint of 15 MiB", () => {
    expect(decoded(native, nativeList(bigint(15 * 2 ** 20), 1))).toBe("limit");
  });

  test("patterns of many different classes of Unicode", () => {
    const patterns = Array.from({ length: 1_500 }, (_, i) => new RegExp(`[\\p{L}]${i}`, "vi"));
    expect(decoded(native, native.encode(patterns))).toBe("limit");
  });

  test("shapes that appear once", () => {
    const keys = (i: number) => Array.from({ length: 20 }, (_, j) => [`k${i}_${j}`, 0] as const);
    const records = Array.from({ length: 20_000 }, (_, i) => Object.fromEntries(keys(i)));
    expect(decoded(native, native.encode(records))).toBe("limit");
  });
});

describe("XLANG", () => {
  const Point = wireType("attack/Point", { x: z.int(), y: z.int() }, { scope: createTypeScope() });
  const Points = wireType("attack/Points", { v: z.array(Point) }, { scope: createTypeScope() });

  test.each([
    ["8 million integers", z.array(z.int()), new Array(8_000_000).fill(1), "limit"],
    ["2 million bigints", z.array(z.int64()), new Array(2_000_000).fill(1n), "limit"],
    ["a million days", z.array(date()), new Array(1_000_000).fill("2026-11-21"), "limit"],
    ["long decimals", z.array(decimal()), new Array(19_000).fill("9".repeat(1_990)), "limit"],
    [
      "a million texts that are not Latin-1",
      z.array(z.string()),
      new Array(1_000_000).fill("é€"),
      "limit",
    ],
    ["200 000 entries of a set", z.set(z.string()), new Set(numbers(200_000).split(",")), "limit"],
    ["a million values of any type", z.any(), new Array(1_000_000).fill(1), "limit"],
    [
      "records with a key each",
      z.any(),
      numbers(100_000)
        .split(",")
        .map((n) => ({ [`k${n}`]: 0 })),
      "limit",
    ],
    ["a million lists of any type", z.any(), new Array(1_600_000).fill([]), "limit"],
  ] as const)("%s", (_, type, value, outcome) => {
    const codec = xlang.type<z.core.$ZodType>(type);
    expect(decoded(codec, codec.encode(value))).toBe(outcome);
  });

  test("structs where code may not be generated", () => {
    const closures = createCodec({ profile: "B", engine: "closures" });
    const bytes = xlang.encode(Points, { v: new Array(800_000).fill({ x: 1, y: 2 }) });
    expect(decoded(closures.type(Points), bytes)).toBe("limit");
  });

  test.each([
    ["valid", 1],
    ["invalid", -1],
  ])("checks of many %s values", (_, value) => {
    const Checked = wireType("attack/Checked", { v: z.array(z.int().min(0)) });
    const info = wireTypeInfo(Checked) as NonNullable<ReturnType<typeof wireTypeInfo>>;
    const check = (count: number) =>
      decoded({ decode: () => checkValue(info, { v: new Array(count).fill(value) }) }, noBytes);
    expect(check(95_000)).toBe("accepted");
    expect(check(1_000_000)).toBe("limit");
    const { issues } = checkValue(info, { v: new Array(100).fill(-1) }) as CheckedValue;
    expect(issues).toHaveLength(16);
    expect(issues[0]).toMatchObject({ path: ["v", 0], code: "too_small" });
  });

  test("reads a long message that fails at its end once", () => {
    const bytes = xlang.encode(Points, { v: new Array(800_000).fill({ x: 1, y: 2 }) });
    expect(decoded(xlang.type(Points), bytes.subarray(0, -1))).toBe("data");
  });

  test("reports the path in a short message that fails", () => {
    const bytes = xlang.encode(Points, { v: new Array(8).fill({ x: 1, y: 2 }) });
    expect(() => xlang.decode(Points, bytes.subarray(0, -1))).toThrow(/attack\/Points\.v\[7\]\.y/);
  });

  test("values of 300 foreign definitions in turn", () => {
    const scope = createTypeScope();
    const fields = (prefix: string) =>
      Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`${prefix}_${i}`, z.int().default(0)]),
      );
    wireType("attack/Item", fields("own"), { scope });
    const infos = Array.from({ length: 300 }, (_, k) => {
      const Theirs = wireType("attack/Item", fields(`f${k}`), { scope: createTypeScope() });
      // header and flag, type id and marker come before the definition, the fields behind it
      return [...xlang.encode(Theirs, {}).subarray(4, -40)];
    });
    const zeros = new Array<number>(40).fill(0);
    const first = infos.flatMap((info, k) => [0x1e, ...varuint(k << 1), ...info, ...zeros]);
    const round = infos.flatMap((_, k) => [0x1e, ...varuint((k << 1) | 1), ...zeros]);
    const rounds = new Array<number[]>(80).fill(round).flat();
    const head = [1, 0xff, 0x16, ...varuint(300 * 81), 0];
    const codec = createCodec({ profile: "B", scope }).type(z.array(z.any()));
    const bytes = Uint8Array.from([...head, ...first, ...rounds]);
    // only some messages later may one definition become code in each
    for (let i = 0; i < 3; i++) expect(decoded(codec, bytes)).toBe("limit");
  });
});
