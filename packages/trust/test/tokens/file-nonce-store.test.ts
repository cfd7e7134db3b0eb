import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fileNonceStore } from "../../src/index.ts";

const nonce = (at: number): string => at.toString(16).padStart(64, "0");
const nowS = (): number => Math.floor(Date.now() / 1_000);
const IN_AN_HOUR = nowS() + 3_600;

let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "aster-tokens-"));
  folder = join(base, "deeper", "tokens");
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const refusedBy = (path: string) =>
  expect(fileNonceStore(path).consume(nonce(1), IN_AN_HOUR)).rejects.toMatchObject({
    name: "AdmissionError",
    code: "store",
  });

describe("a folder of tokens", () => {
  test("is readable only for its user", async () => {
    await fileNonceStore(folder).consume(nonce(1), IN_AN_HOUR);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, nonce(1))).mode & 0o777).toBe(0o600);
  });

  test("is shared by stores and survives them", async () => {
    const [first, second] = [fileNonceStore(folder), fileNonceStore(folder)];
    const both = await Promise.all(
      [first, second].map((store) => store.consume(nonce(1), IN_AN_HOUR)),
    );
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await fileNonceStore(folder).consume(nonce(1), IN_AN_HOUR)).toBe(false);
  });

  test("keeps a token whose file is truncated or damaged", async () => {
    const store = fileNonceStore(folder);
    const tokens = Array.from({ length: 10 }, (_, at) => nonce(at));
    for (const token of tokens) await store.consume(token, IN_AN_HOUR);
    for (const [at, token] of tokens.entries()) {
      if (at % 2 === 0) truncateSync(join(folder, token), at);
      else writeFileSync(join(folder, token), `${at} garbage\n`);
    }
    const again = fileNonceStore(folder);
    for (const token of tokens) expect(await again.consume(token, IN_AN_HOUR)).toBe(false);
  });

  test("is not made anew when it is removed while it is in use", async () => {
    const store = fileNonceStore(folder);
    await store.consume(nonce(1), IN_AN_HOUR);
    rmSync(folder, { recursive: true });
    for (const token of [nonce(1), nonce(2)]) {
      await expect(store.consume(token, IN_AN_HOUR)).rejects.toMatchObject({ code: "store" });
    }
  });
});

describe("expired tokens", () => {
  test("are removed by the next process and never accepted again", async () => {
    const store = fileNonceStore(folder);
    const soon = nowS() + 1;
    await store.consume(nonce(1), soon);
    await store.consume(nonce(2), IN_AN_HOUR);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(soon * 1_000), 3_000);
    const next = fileNonceStore(folder);
    await next.consume(nonce(3), IN_AN_HOUR);
    await expect.poll(() => existsSync(join(folder, nonce(1)))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual([nonce(2), nonce(3), "removed"]);
    // as after the wall clock was set back
    expect(await next.consume(nonce(1), soon)).toBe(false);
    expect(await fileNonceStore(folder).consume(nonce(4), soon)).toBe(false);
    expect(await next.consume(nonce(5), soon + 1)).toBe(true);
  });

  test("whose files are damaged stay", async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, nonce(1)), "");
    writeFileSync(join(folder, nonce(2)), "1000000000\n");
    await fileNonceStore(folder).consume(nonce(3), IN_AN_HOUR);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

describe("a place that cannot be used is refused", () => {
  test("if it is a file", async () => {
    mkdirSync(join(base, "deeper"));
    writeFileSync(folder, '{"consumed":[]}');
    await refusedBy(folder);
  });

  test("if other users can write to it", async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    await refusedBy(folder);
    await expect(fileNonceStore(folder).consume(nonce(1), IN_AN_HOUR)).rejects.toThrow("mode 0700");
    chmodSync(folder, 0o700);
    expect(await fileNonceStore(folder).consume(nonce(1), IN_AN_HOUR)).toBe(true);
  });

  // root can write to it anyway; full-disk.test.ts has a read-only disk for root
  if (process.geteuid?.() !== 0) {
    test("if it is read-only", async () => {
      mkdirSync(folder, { recursive: true, mode: 0o500 });
      await refusedBy(folder);
    });
  }

  test("if its path is not text", () => {
    expect(() => fileNonceStore("")).toThrow(expect.objectContaining({ code: "option" }));
    expect(() => fileNonceStore(7 as never)).toThrow(expect.objectContaining({ code: "option" }));
  });
});
