import { expect, test } from "vitest";
import { z } from "zod";
import {
  createTypeScope,
  defaultLimits,
  type WireType,
  wireType,
  wireTypeInfo,
} from "../../src/index.ts";
import { NativeFormat } from "../../src/native/native-format.ts";
import { Checker } from "../../src/native/types/checker.ts";
import { bindNative } from "../../src/native/types/native-types.ts";
import { NativeWriter } from "../../src/native/writing/native-writer.ts";
import { anyTypedValue } from "../support/arbitrary.ts";
import { hexOf } from "../support/fixture.ts";
import fc from "../support/property.ts";

// The codec reads and writes again without generated code if that fails. Here each way runs alone.

function opOf(type: WireType): ReturnType<typeof bindNative> {
  const info = wireTypeInfo(type);
  if (!info) throw new Error("no wire type");
  return bindNative(info);
}

/** Returns the message of a value, or undefined if it is refused. */
function written(type: WireType, value: unknown, exact: boolean): string | undefined {
  const form = new NativeFormat({
    root: "value",
    op: opOf(type),
    limits: defaultLimits,
    keeps: "all",
    structOf: () => undefined,
    structNamed: () => undefined,
    extNamed: () => undefined,
  });
  const w = new NativeWriter(new Uint8Array(8), { fixed: false });
  try {
    form.write(w, value, 0, exact);
    return hexOf(w.bytes.subarray(0, w.pos));
  } catch {
    return undefined;
  }
}

function accepted(type: WireType, value: unknown, shared: boolean, exact: boolean): boolean {
  try {
    new Checker(defaultLimits.depth, shared, exact).run(opOf(type), value);
    return true;
  } catch {
    return false;
  }
}

test("both ways write random values the same", () => {
  fc.assert(
    fc.property(anyTypedValue, ({ type, value }) => {
      const message = written(type, value, true);
      expect(message).toBeTypeOf("string");
      expect(written(type, value, false)).toBe(message);
    }),
    { numRuns: 200 },
  );
});

/** A value with one wrong part. */
const broken = anyTypedValue.chain(({ type, value }) =>
  fc
    .tuple(
      fc.oneof(
        fc.anything(),
        fc.constantFrom(
          -0,
          2 ** 31,
          2 ** 32,
          2 ** 53,
          -129,
          65_536,
          0.5,
          5n,
          Symbol("x"),
          undefined,
          null,
        ),
      ),
      fc.nat(),
      fc.constantFrom("set", "add", "remove", "inside"),
    )
    .map(([junk, at, how]) => {
      const object: Record<string, unknown> = { ...(value as object) };
      const keys = Object.keys(object);
      const key = keys[at % Math.max(1, keys.length)] ?? "new";
      const inside = object[key];
      if (how === "add") object.unexpected = junk;
      else if (how === "remove") delete object[key];
      else if (how === "inside" && Array.isArray(inside)) object[key] = [...inside, junk];
      else object[key] = junk;
      return { type, value: object };
    }),
);

test("both ways refuse wrong values, and agree about all others", () => {
  fc.assert(
    fc.property(broken, ({ type, value }) => {
      expect(written(type, value, false)).toBe(written(type, value, true));
      for (const shared of [false, true]) {
        const copy = { ...value };
        expect(accepted(type, copy, shared, false)).toBe(accepted(type, value, shared, true));
        if (accepted(type, value, shared, true)) expect(copy).toEqual(value);
      }
    }),
    { numRuns: 500 },
  );
});

test("no text of a schema becomes code", () => {
  const evil = '"];globalThis.broken=true;//';
  const keys = [
    evil,
    `\`$\{globalThis.broken=true}\``,
    "\u2028",
    "\\",
    "'",
    "__proto__",
    "k0",
    "x0",
    "t",
  ];
  const type = wireType(
    "native/Evil",
    Object.fromEntries(
      keys.map((key, i) => [
        key,
        z
          .enum([evil, "b"])
          .default(evil)
          .meta({ name: `f${i}` }),
      ]),
    ),
    { scope: createTypeScope() },
  );
  const value = Object.fromEntries(keys.map((key) => [key, "b"]));
  expect(written(type, value, false)).toBe(written(type, value, true));
  expect(accepted(type, value, false, false)).toBe(true);
  expect(accepted(type, Object.fromEntries(keys.map((key) => [key, "c"])), false, false)).toBe(
    false,
  );
  expect((globalThis as Record<string, unknown>).broken).toBeUndefined();
});
