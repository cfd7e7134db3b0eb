import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  AdmissionError,
  fileNonceStore,
  memoryNonceStore,
  type NonceStore,
} from "../../src/index.ts";

const nonce = (at: number): string => at.toString(16).padStart(64, "0");
const IN_AN_HOUR = Math.floor(Date.now() / 1_000) + 3_600;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-tokens-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const kinds: [string, () => NonceStore][] = [
  ["memory", memoryNonceStore],
  ["file", () => fileNonceStore(join(folder, "tokens"))],
];

describe.each(kinds)("a %s store", (_kind, open) => {
  test("accepts a token once", async () => {
    const store = open();
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(true);
    expect(await store.consume(nonce(1), IN_AN_HOUR)).toBe(false);
    expect(await store.consume(nonce(1), IN_AN_HOUR + 1)).toBe(false);
    expect(await store.consume(nonce(2), IN_AN_HOUR)).toBe(true);
  });

  test("accepts a token once in 50 parallel attempts", async () => {
    const store = open();
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store.consume(nonce(1), IN_AN_HOUR)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  test.each(["", "ab", "AB".repeat(32), `${"ab".repeat(32)}\n`, "../".padEnd(64, "a"), 7, null])(
    "refuses the nonce %j and does not repeat it",
    async (wrong) => {
      const attempt = open().consume(wrong as string, IN_AN_HOUR);
      await expect(attempt).rejects.toMatchObject({ name: "AdmissionError", code: "option" });
      await expect(attempt).rejects.toThrow("64 lower-case hex characters");
    },
  );

  test.each([-1, 1.5, Number.NaN, 2 ** 53, "12", undefined])(
    "refuses the expiry %j",
    async (wrong) => {
      const attempt = open().consume(nonce(1), wrong as number);
      await expect(attempt).rejects.toMatchObject({ code: "option" });
    },
  );
});

test("a memory store forgets expired tokens and does not accept them again", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date"] });
  try {
    const store = memoryNonceStore();
    for (let at = 0; at < 1_024; at++) await store.consume(nonce(at), 1_800_000_010);
    vi.setSystemTime(1_800_000_011_000);
    expect(await store.consume(nonce(5_000), 1_800_000_100)).toBe(true);
    vi.setSystemTime(1_800_000_000_000);
    expect(await store.consume(nonce(7), 1_800_000_010)).toBe(false);
    expect(await store.consume(nonce(7), 1_800_000_011)).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test("a memory store refuses tokens when 100 000 have not expired", async () => {
  const store = memoryNonceStore();
  for (let at = 0; at < 100_000; at++) await store.consume(nonce(at), IN_AN_HOUR);
  const attempt = store.consume(nonce(100_000), IN_AN_HOUR);
  await expect(attempt).rejects.toMatchObject({ code: "store" });
  await expect(attempt).rejects.toBeInstanceOf(AdmissionError);
  expect(await store.consume(nonce(3), IN_AN_HOUR)).toBe(false);
});
