import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, createTypeScope, wireType } from "../../src/index.ts";
import { parseRowSchema, type RowReader, rowCodec, rowReader } from "../../src/row/index.ts";
import { bytesOf } from "../support/fixture.ts";
import { buildRow, rowCases } from "../support/row-fixture.ts";

/** Every third case. That is enough of each kind for the tests that try every byte. */
const some = rowCases.filter(({ hex }, i) => hex.length > 0 && hex.length < 4_000 && i % 3 === 0);

/** Runs a function. A CodecError is a valid answer; other errors are not. */
function answered<T>(run: () => T): T | CodecError {
  try {
    return run();
  } catch (reason) {
    if (reason instanceof CodecError) return reason;
    throw reason;
  }
}

/** Reads everything through a view, without decoding the whole row. */
function walk(value: unknown): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if ("toObject" in value) answered(() => (value as { toObject(): unknown }).toObject());
  if (!(Symbol.iterator in value)) return;
  for (const item of value as Iterable<unknown>) {
    if (Array.isArray(item)) walk(item[1]);
    else walk(item);
  }
}

function walkRow(reader: RowReader, row: Uint8Array): void {
  for (const { name } of reader.schema.fields) {
    answered(() => walk(answered(() => reader.view(row).get(name))));
  }
}

test.each(some)("$name is refused when cut anywhere", (given) => {
  const { type } = buildRow(given);
  const rows = rowCodec(type);
  const row = bytesOf(given.hex);
  for (let end = 0; end < row.length; end++) {
    const result = answered(() => rows.decode(row.subarray(0, end)));
    if (result instanceof CodecError) expect(["data", "limit"]).toContain(result.code);
    else throw new Error(`${end} of ${row.length} bytes were read as ${String(result)}`);
  }
});

test.each(some)("$name is read or refused with any byte changed", (given) => {
  const { type } = buildRow(given);
  const rows = rowCodec(type);
  const reader = rowReader(rows.schema);
  const row = bytesOf(given.hex);
  for (let i = 0; i < row.length; i++) {
    for (const bits of [0xff, 0x80, 0x01]) {
      const changed = row.slice();
      changed[i] = (changed[i] as number) ^ bits;
      answered(() => rows.decode(changed));
      walkRow(reader, changed);
    }
  }
});

test.each(some)("the schema of $name is read or refused when cut or changed", (given) => {
  const schema = bytesOf(given.schema);
  for (let end = 0; end < schema.length; end++) {
    const result = answered(() => parseRowSchema(schema.subarray(0, end)));
    expect(result).toMatchObject({ code: "data" });
  }
  for (let i = 0; i < schema.length; i++) {
    for (const bits of [0xff, 0x80, 0x40, 0x04, 0x01]) {
      const changed = schema.slice();
      changed[i] = (changed[i] as number) ^ bits;
      answered(() => parseRowSchema(changed));
    }
  }
});

describe("a row", () => {
  const Nested = wireType(
    "hostile/Nested",
    { v: z.array(z.array(z.array(z.string()))) },
    { scope: createTypeScope() },
  );
  const rows = rowCodec(Nested);

  function codeOf(row: Uint8Array): string | undefined {
    const result = answered(() => rows.decode(row));
    return result instanceof CodecError ? result.code : undefined;
  }

  /** An array in which all slots refer to the same bytes. */
  function sharing(count: number, rest: Uint8Array): Uint8Array {
    const head = 8 + Math.ceil(count / 64) * 8;
    const out = new Uint8Array(head + count * 8 + rest.length);
    const data = new DataView(out.buffer);
    data.setUint32(0, count, true);
    for (let i = 0; i < count; i++) {
      data.setUint32(head + i * 8, rest.length, true);
      data.setUint32(head + i * 8 + 4, head + count * 8, true);
    }
    out.set(rest, head + count * 8);
    return out;
  }

  function rowOf(value: Uint8Array): Uint8Array {
    const out = new Uint8Array(16 + value.length);
    new DataView(out.buffer).setUint32(8, value.length, true);
    out[12] = 16;
    out.set(value, 16);
    return out;
  }

  test("does not grow endlessly if its values share their bytes", () => {
    const bomb = rowOf(sharing(1000, sharing(1000, sharing(1000, new Uint8Array(1000)))));
    const start = performance.now();
    expect(codeOf(bomb)).toBe("data");
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(rows.view(bomb).get("v").at(999)?.length).toBe(1000);
    expect(answered(() => rows.view(bomb).get("v").at(0)?.toArray())).toMatchObject({
      code: "data",
    });
  });

  test("cannot claim more elements than it has bytes", () => {
    for (const count of [3, 0x7fff_ffff, 0xffff_ffff]) {
      const array = new Uint8Array(24);
      new DataView(array.buffer).setUint32(0, count, true);
      expect(codeOf(rowOf(array))).toBe("data");
      new DataView(array.buffer).setUint32(4, 1, true);
      expect(codeOf(rowOf(array))).toBe("data");
    }
  });

  test("cannot refer to itself, to its slots, or beyond its end", () => {
    const row = rows.encode({ v: [[["text"]]] });
    const data = new DataView(row.buffer);
    for (const offset of [0, 8, 15, row.length, 0xffff_fff8]) {
      data.setUint32(12, offset, true);
      expect(codeOf(row)).toBe("data");
    }
  });

  test("must be bytes", () => {
    for (const given of [undefined, null, "row", [0], new ArrayBuffer(16)]) {
      expect(answered(() => rows.decode(given as never))).toMatchObject({ code: "type" });
      expect(answered(() => rows.view(given as never))).toMatchObject({ code: "type" });
    }
  });

  test("needs as many keys as values in a map", () => {
    const Map_ = wireType(
      "hostile/Map",
      { m: z.record(z.string(), z.int32()) },
      { scope: createTypeScope() },
    );
    const maps = rowCodec(Map_);
    const row = maps.encode({ m: { a: 1, b: 2 } });
    const values = row.length - 24;
    for (const count of [1, 3]) {
      row[values] = count;
      expect(answered(() => maps.decode(row))).toMatchObject({ code: "data" });
      expect(answered(() => maps.view(row).get("m"))).toMatchObject({ code: "data" });
    }
    const short = new Uint8Array(24);
    short.set([8, 0, 0, 0, 16], 8);
    for (const size of [0, 8, 100]) {
      short[16] = size;
      expect(answered(() => maps.decode(short))).toMatchObject({ code: "data" });
    }
  });
});

describe("a schema", () => {
  const codeOf = (bytes: readonly number[]): string | undefined => {
    const result = answered(() => parseRowSchema(Uint8Array.from(bytes)));
    return result instanceof CodecError ? result.code : undefined;
  };
  const name = [0x41, 0];

  test("is refused if it is too deep, too large or unknown", () => {
    const list = [22, 0x49, 0x22, 0x64, 0x60];
    const nested = (n: number): number[] => Array.from({ length: n }, () => list).flat();
    expect(codeOf([1, 1, ...name, ...nested(40), 4])).toBeUndefined();
    expect(codeOf([1, 1, ...name, ...nested(60), 4])).toBe("limit");
    const struct = [27, 1, ...name];
    expect(codeOf([1, 1, ...name, ...Array.from({ length: 60 }, () => struct).flat(), 4])).toBe(
      "limit",
    );
    expect(codeOf([1, 0xff, 0xff, 0xff, 0x7f])).toBe("limit");
    expect(codeOf([1, 0xff, 0xff, 0xff, 0xff, 0x7f])).toBe("data");
    expect(codeOf([1, 1, 0x7d, 0xff, 0xff, 0x7f])).toBe("limit");
    expect(codeOf([2, 0])).toBe("data");
    expect(codeOf([1, 1, ...name, 99])).toBe("data");
    expect(codeOf([1, 1, ...name, 40, 38, 18])).toBe("schema");
    expect(codeOf([1, 1, ...name, 4, 0])).toBe("data");
    expect(codeOf([1, 2, ...name, 4, ...name, 4])).toBe("data");
    expect(codeOf([])).toBe("data");
    expect(answered(() => parseRowSchema(new Uint8Array(2 ** 20 + 1)))).toMatchObject({
      code: "limit",
    });
    expect(answered(() => parseRowSchema("01" as never))).toMatchObject({ code: "type" });
  });

  test("is refused if many small structs make it too large", () => {
    // 93 × 93 fields: each struct alone is small
    const fields = (type: readonly number[]): number[] => [
      93,
      ...Array.from({ length: 93 }, (_, i) => [0x40, 33 + i, ...type]).flat(),
    ];
    expect(codeOf([1, ...fields([4])])).toBeUndefined();
    expect(codeOf([1, ...fields([27, ...fields([4])])])).toBe("limit");
  });
});
