// Calls on a platform without zstd, such as Node before 22.15.
import * as zlib from "node:zlib";
import { defineService, implement, StatusCode, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";

const Large = wireType("zstd/Large", { text: z.string() });
const Echo = defineService("Echo", {}, { echo: unary(Large, Large) });
const echo = implement(Echo, { echo: (request) => request });
const text = "x".repeat(100_000);

const { zstdCompressSync: _compress, ...withoutCompression } = zlib;
const { zstdDecompressSync: _decompress, ...withoutDecompression } = zlib;

function replaceZlib(replacement: object): void {
  const real = process.getBuiltinModule;
  vi.spyOn(process, "getBuiltinModule").mockImplementation((id: string) =>
    id === "node:zlib" ? replacement : real(id),
  );
}

beforeEach(() => {
  vi.spyOn(process, "emitWarning");
});
afterEach(() => vi.restoreAllMocks());

test("neither side compresses, and nothing warns", async () => {
  replaceZlib(withoutCompression);
  await using pair = await servicePair({ services: [echo] });
  expect((await pair.client.client(Echo).echo({ text })).text).toBe(text);
  expect(process.emitWarning).not.toHaveBeenCalled();
});

test("a compressed message of the peer ends the call with an error that says what to do", async () => {
  replaceZlib(withoutDecompression);
  await using pair = await servicePair({ services: [echo] });
  const failed = pair.client.client(Echo).echo({ text });
  await expect(failed).rejects.toMatchObject({
    code: StatusCode.UNIMPLEMENTED,
    details: { reason: "compression.unsupported" },
  });
  await expect(failed).rejects.toThrow(/has no zstd; use Node 22\.15 or newer/);
});
