import { expect, test } from "vitest";
import { blake3 as chosen } from "#blake3";
import { blake3 as node } from "../src/model/blake3-node.ts";
import { blake3 as portable } from "../src/model/blake3-portable.ts";
import { toHex } from "../src/model/type-hash.ts";

const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

test.each([
  ["chosen here", chosen],
  ["node", node],
  ["portable", portable],
])("%s: hashes the empty input and three letters as the BLAKE3 vectors do", (_name, blake3) => {
  expect(toHex(blake3(new Uint8Array()))).toBe(
    "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  );
  expect(toHex(blake3(new TextEncoder().encode("abc")))).toBe(
    "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
  );
});

test.each([1, 64, 65, 1024, 1025, 2049, 102400])(
  "both implementations agree on %i bytes",
  (length) => {
    expect(toHex(portable(pattern(length)))).toBe(toHex(node(pattern(length))));
  },
);

test("hashes a view without the rest of its buffer", () => {
  const buffer = pattern(300);
  expect(toHex(node(buffer.subarray(7, 107)))).toBe(toHex(portable(buffer.slice(7, 107))));
});
