import { z } from "zod";
import { wireExt, wireType, wireUnion } from "../../src/index.ts";

class Tagged {
  readonly id = 1;
}
wireType("native/Tagged", { id: z.int() }, { class: Tagged });

class Amount {
  readonly parts: unknown;
  constructor(parts: unknown) {
    this.parts = parts;
  }
}
const Parts = wireType("native/Parts", { units: z.int(), of: z.array(z.string()) });
wireExt("native/Amount", {
  class: Amount,
  form: wireUnion("native/Amounts", { 0: Parts, 1: z.string() }),
  encode: (amount) => amount.parts as never,
  decode: (parts) => new Amount(parts),
});
const amount = new Amount({ case: 0, value: { units: 7, of: ["some text", "a"] } });

const buffer = new ArrayBuffer(16);
const shared = { z: 1 };
/** Values of all kinds that NATIVE supports. */
export const nativeValues: readonly unknown[] = [
  [1, -100, 2 ** 40, 0.5, true, null, undefined],
  [0.5, 1.5, 2.5],
  { a: { b: { c: "some text" } }, again: "some text", long: "x".repeat(60), wide: "日本語" },
  [shared, shared, { z: 2 }],
  new Map<unknown, unknown>([
    ["k", new Set([1, 2])],
    [{ k: 1 }, [1]],
  ]),
  [1n, -(2n ** 80n), new Date(1), new Date(Number.NaN), /a(b)/gi, Object("boxed")],
  new TypeError("message", { cause: new AggregateError([new Error("x")], "all") }),
  { low: new Uint8Array(buffer, 0, 8), high: new Uint16Array(buffer, 8, 4), buffer },
  [new Float64Array([1, 2]), new DataView(buffer, 3, 4), new Tagged(), new Tagged()],
  { amount, again: amount, other: [new Amount({ case: 1, value: "some text" }), "some text"] },
  Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i])),
  Array.from({ length: 40 }, (_, i) => ({ x: i, y: `text ${i}`, z: "a text" })),
];
