import { expect, test } from "vitest";
import { z } from "zod";
import { keyText } from "../../src/bytes/key-text.ts";
import { latin1 } from "../../src/bytes/text.ts";
import { createCodec, createTypeScope, wireType } from "../../src/index.ts";
import fc from "../support/property.ts";

test("keys match their bytes, whatever was read before in the same slot", () => {
  const bytes = fc.uint8Array({ maxLength: 30 });
  // many keys of few characters, so that they compete for slots
  const alike = fc
    .array(fc.constantFrom(97, 98, 255), { maxLength: 5 })
    .map((b) => Uint8Array.from(b));
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, alike), { minLength: 50, maxLength: 200 }), (all) => {
      for (const one of [...all, ...all]) {
        const held = Uint8Array.from([7, ...one, 9]);
        expect(keyText(held, 1, 1 + one.length)).toBe(latin1(one, 0, one.length));
      }
    }),
    { numRuns: 30 },
  );
});

test("records keep the keys of their own message", () => {
  const Held = wireType(
    "keys/Held",
    { m: z.record(z.string(), z.int()) },
    { scope: createTypeScope() },
  );
  const codec = createCodec({ engine: "generated" }).type(Held);
  for (const keys of [
    ["a", "b", "__proto__"],
    ["b", "a", "1"],
    ["é", "constructor", "x".repeat(40)],
  ]) {
    const m = Object.fromEntries(keys.map((key, i) => [key, i]));
    for (let i = 0; i < 3; i++) expect(codec.decode(codec.encode({ m }))).toEqual({ m });
  }
});
