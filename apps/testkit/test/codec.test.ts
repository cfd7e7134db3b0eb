import { describe, expect, it } from "vitest";
import { codecAnswer } from "../src/codec/answer.ts";
import { canonical } from "../src/codec/canonical.ts";
import { testkit } from "./support/testkit-process.ts";

const point = {
  struct: "Point",
  ns: "demo",
  fields: [
    { name: "x", type: "varint64" },
    { name: "when", type: { opt: "timestamp" } },
  ],
};
const color = { enum: "Color", ns: "demo", values: { RED: 0, BLUE: 5 } };
const all = {
  struct: "All",
  ns: "demo",
  fields: [
    { name: "p", type: { type: "Point" } },
    { name: "c", type: { type: "Color" } },
    { name: "m", type: { map: ["varint32", "any"] } },
    { name: "a", type: { array: "float64" } },
    { name: "f", type: "float64" },
    { name: "b", type: "binary" },
    { name: "d", type: "date" },
    { name: "s", type: { set: "string" } },
  ],
};
const somePoint = {
  $struct: "Point",
  f: { x: { $i: "9007199254740993" }, when: { $ts: [-1, 5000] } },
};
const everything = {
  $struct: "All",
  f: {
    p: somePoint,
    c: { $enum: "Color", v: "BLUE" },
    m: { $map: [[1, [1, "a", null]]] },
    a: { $arr: "float64", v: [1.5, { $f: "nan" }] },
    f: { $f: "-0" },
    b: { $hex: "00ff" },
    d: { $date: -1 },
    s: { $set: ["z"] },
  },
};
// made by pyfory 0.16.0
const pointHex = "02ff1d06010c8c700803bdc86cc04ac36ebe8280808080808020ffffffffffffffffff88130000";
const allHex =
  "02ff1d06010c8c700403016b9e57709d0000000000000080ffffffff0200ff10000000000000f83f000000000000f87f010c047a" +
  "02040116020302ff0702ff150461fd04011d06010c8c700803bdc86cc0044ac36ebe8280808080808020ffffffffffffffffff88130000" +
  "011d07094ac36ebe8280808080808020ffffffffffffffffff88130000";

const isLine = (value: unknown): value is object => typeof value === "object";

describe("the codec command", () => {
  it("encodes like pyfory", () => {
    expect(codecAnswer({ op: "encode", types: [point], value: somePoint })).toEqual({
      hex: pointHex,
    });
  });

  it.each(["closures", "generated"])("decodes what pyfory encoded, with %s", (engine) => {
    const request = { op: "decode", types: [color, point, all], engine };
    expect(codecAnswer({ ...request, root: { type: "Point" }, hex: pointHex })).toEqual({
      value: somePoint,
    });
    const read = codecAnswer({ ...request, hex: allHex }) as { value: unknown };
    const m = { $map: [...everything.f.m.$map, [2, somePoint]] };
    expect(canonical(read.value)).toBe(canonical({ ...everything, f: { ...everything.f, m } }));
  });

  it("reports errors in bytes and values", () => {
    const request = { op: "decode", types: [point], root: { type: "Point" } };
    expect(codecAnswer({ ...request, hex: pointHex.slice(0, -2) })).toMatchObject({
      error: { code: "data", offset: expect.any(Number), path: "demo/Point.when" },
    });
    const wrong = { $struct: "Point", f: { x: "seven", when: null } };
    expect(codecAnswer({ op: "encode", types: [point], value: wrong })).toMatchObject({
      error: { code: "value", path: "demo/Point.x" },
    });
  });

  it.each([
    [{ op: "sing" }, "op is one of encode, decode"],
    [{ op: "decode", hex: "0" }, "hex is not hexadecimal text"],
    [{ op: "encode", types: [] }, "encode takes a value"],
    [{ op: "encode", value: { $struct: "Unknown", f: {} } }, "there is no type Unknown"],
    [[], "op is one of encode, decode"],
    [null, "a request is an object"],
  ])("refuses %j", (request, message) => {
    expect(codecAnswer(request)).toEqual({ error: { code: "notation", message } });
  });

  it("answers line by line", async () => {
    await using child = testkit("codec");
    child.send({ op: "encode", types: [point], value: somePoint });
    expect(await child.line(isLine)).toEqual({ hex: pointHex });
    child.send("no request");
    expect(await child.line(isLine)).toMatchObject({ error: { code: "notation" } });
    child.endInput();
    expect(await child.exited).toBe(0);
  });
});
