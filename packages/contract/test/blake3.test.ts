import { hash } from "blake3-wasm";
import { expect, test } from "vitest";
import { blake3 } from "../src/blake3.ts";
import { toHex } from "../src/hex.ts";

const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
const judge = (bytes: Uint8Array) => toHex(new Uint8Array(hash(Buffer.from(bytes)) as Buffer));

test("the empty input and three letters, as published with BLAKE3", () => {
  expect(toHex(blake3(new Uint8Array()))).toBe(
    "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  );
  expect(toHex(blake3(new TextEncoder().encode("abc")))).toBe(
    "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
  );
});

test("every length around block, chunk and tree boundaries equals the WebAssembly build", () => {
  const lengths = [1, 3, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2047, 2048, 2049];
  for (let chunks = 2; chunks <= 17; chunks++) {
    lengths.push(chunks * 1024 - 1, chunks * 1024, chunks * 1024 + 1);
  }
  lengths.push(31744, 102400);
  for (const length of lengths) {
    const bytes = pattern(length);
    expect(toHex(blake3(bytes)), `${length} bytes`).toBe(judge(bytes));
  }
});

test("a view into a larger buffer is hashed alone", () => {
  const buffer = pattern(300);
  expect(toHex(blake3(buffer.subarray(7, 107)))).toBe(judge(buffer.slice(7, 107)));
});
