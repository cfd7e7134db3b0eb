import { randomBytes } from "node:crypto";
import type { EchoRequest } from "@aster-apps/testkit";
import type { z } from "zod";

export type Echo = z.input<typeof EchoRequest>;

/** Messages with values at the limits of their fields, by the property that is special. */
export const samples: ReadonlyMap<string, Echo> = new Map<string, Echo>([
  ["nothing but defaults", {}],
  ["ASCII", { text: "hello" }],
  ["Latin-1", { text: "héllo ÿ" }],
  ["an emoji and a zero", { text: "a\u0000b 👩‍🚀 \u{10ffff}" }],
  ["UTF-8 of every length", { text: "aé漢🎉".repeat(50) }],
  ["quotes and control characters", { text: '"\\\u0001\u001f\u007f\u2028\r\n\t</script>' }],
  ["a byte order mark", { text: "\ufefftext" }],
  ["the greatest safe integer", { number: Number.MAX_SAFE_INTEGER }],
  ["the least safe integer", { number: Number.MIN_SAFE_INTEGER }],
  ["one more than 32 bits", { number: 2 ** 32 }],
  ["less than 32 bits", { number: -(2 ** 31) - 1 }],
  ["a fraction", { ratio: 0.1 }],
  ["the smallest number", { ratio: Number.MIN_VALUE }],
  ["the largest number", { ratio: Number.MAX_VALUE }],
  ["true", { flag: true }],
  ["every byte", { blob: Uint8Array.from({ length: 256 }, (_, index) => index) }],
  ["a list", { tags: ["", "a", "ü", "漢"] }],
  ["a long list", { tags: Array.from({ length: 1000 }, (_, index) => `tag ${index}`) }],
  ["a map", { attributes: { "": "", a: "1", ü: "漢", constructor: "own", toString: "own" } }],
  ["a long map", { attributes: Object.fromEntries(longMap()) }],
  ["an optional struct", { inner: { x: 1.5, y: -2.5, label: "p" } }],
  ["an optional struct of defaults", { inner: {} }],
  ["one struct", { points: [{ x: 1, y: 2, label: "a" }] }],
  ["structs", { points: [{ x: 1 }, { label: "b" }, {}] }],
  ["both kinds of structs", { inner: { x: 1 }, points: [{ y: 2 }] }],
]);

/** Numbers that JSON cannot represent. */
export const floats: ReadonlyMap<string, Echo> = new Map<string, Echo>([
  ["NaN", { ratio: Number.NaN }],
  ["infinity", { ratio: Number.POSITIVE_INFINITY }],
  ["negative infinity", { ratio: Number.NEGATIVE_INFINITY }],
  ["negative zero", { ratio: -0 }],
]);

/** Sizes around the threshold of compression (4096 bytes of message), and large ones. */
export const sizes: readonly number[] = [0, 1, 4000, 4096, 4097, 2 ** 16, 2 ** 20, 2 ** 22];

/** Returns bytes that compression cannot shrink. */
export function noise(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(size));
}

function longMap(): [string, string][] {
  return Array.from({ length: 300 }, (_, index) => [`key ${index}`, `value ${index}`]);
}
