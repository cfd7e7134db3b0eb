import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type AdmissionError,
  formatRevocationList,
  generateRootKeypair,
  Revocations,
  signRevocationList,
} from "../../src/index.ts";

const root = await generateRootKeypair();
const other = await generateRootKeypair();
const [a, b] = ["aa".repeat(32), "bb".repeat(32)] as const;
const rootPubkey = root.publicKey;

const text = async (sequence: number, revoked: string[], by = root): Promise<string> =>
  formatRevocationList(await signRevocationList(by.secretKey, { sequence, revoked }));

let folder: string;
let path: string;
let open: Revocations[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aster-revocations-"));
  path = join(folder, "revocations.json");
  open = [];
});
afterEach(() => {
  for (const revocations of open) revocations.close();
  rmSync(folder, { recursive: true, force: true });
});

function watched(refusals: AdmissionError[] = []): Revocations {
  const onRefused = (error: AdmissionError) => refusals.push(error);
  const revocations = new Revocations({ rootPubkey, path, pollMs: 20, onRefused });
  open.push(revocations);
  return revocations;
}

describe("accepted lists", () => {
  test("replace each other in the order of their numbers", async () => {
    const revocations = new Revocations({ rootPubkey });
    const seen: number[] = [];
    const remove = revocations.onChange(({ sequence }) => seen.push(sequence));
    expect(revocations.list).toBeUndefined();
    expect(revocations.accept(await text(2, [a]))).toBe(true);
    expect(revocations.isRevoked(a)).toBe(true);
    expect(revocations.isRevoked(b)).toBe(false);
    expect(revocations.accept(await text(7, [b]))).toBe(true);
    expect(revocations.isRevoked(a)).toBe(false);
    remove();
    revocations.accept(await text(8, []));
    expect(seen).toEqual([2, 7]);
  });

  test("are refused if they are older, changed or of another root key", async () => {
    const revocations = new Revocations({ rootPubkey });
    const current = await text(5, [a]);
    revocations.accept(current);
    expect(revocations.accept(current)).toBe(false);
    for (const wrong of [await text(4, []), await text(5, []), await text(6, [], other), "{}"]) {
      expect(() => revocations.accept(wrong)).toThrow(
        expect.objectContaining({ name: "AdmissionError", code: "revocation" }),
      );
    }
    expect(revocations.list?.sequence).toBe(5);
    expect(revocations.isRevoked(a)).toBe(true);
  });
});

/** Replaces the file, so that no reader sees half of it. */
function replace(content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

describe("a file", () => {
  test("must hold a list of the root key at the start", async () => {
    const refused = expect.objectContaining({ code: "revocation" });
    expect(() => watched()).toThrow(/ENOENT/);
    for (const content of ["", "{}", await text(1, [], other)]) {
      writeFileSync(path, content);
      expect(() => watched()).toThrow(refused);
    }
    expect(() => new Revocations({ rootPubkey, path: folder })).toThrow(refused);
  });

  test("is read again when it is written or replaced", async () => {
    writeFileSync(path, await text(1, [a]));
    const revocations = watched();
    expect(revocations.isRevoked(a)).toBe(true);
    writeFileSync(path, await text(2, [b]));
    await expect.poll(() => revocations.isRevoked(b)).toBe(true);
    for (let sequence = 3; sequence < 6; sequence++) {
      replace(await text(sequence, [a]));
      await expect.poll(() => revocations.list?.sequence).toBe(sequence);
    }
  });

  test("that is missing, damaged, older or of another root key leaves the list in force", async () => {
    writeFileSync(path, await text(5, [a]));
    const refusals: AdmissionError[] = [];
    const revocations = watched(refusals);
    const contents = ["", "{", await text(4, []), await text(5, []), await text(9, [], other)];
    for (const [at, content] of contents.entries()) {
      replace(content);
      await expect.poll(() => refusals).toHaveLength(at + 1);
    }
    rmSync(path);
    await expect.poll(() => refusals).toHaveLength(contents.length + 1);
    await sleep(100);
    expect(refusals).toHaveLength(contents.length + 1);
    expect(refusals.every(({ code }) => code === "revocation")).toBe(true);
    expect(revocations.list?.sequence).toBe(5);
    writeFileSync(path, await text(6, [b]));
    await expect.poll(() => revocations.isRevoked(b)).toBe(true);
  });

  test("is not read after the close", async () => {
    writeFileSync(path, await text(1, [a]));
    const revocations = watched();
    revocations.close();
    writeFileSync(path, await text(2, [b]));
    await sleep(100);
    expect(revocations.isRevoked(a)).toBe(true);
    expect(revocations.isRevoked(b)).toBe(false);
  });
});

test("refuses a root key that is not well-formed", () => {
  for (const wrong of ["", "ab", "AB".repeat(32), undefined]) {
    expect(() => new Revocations({ rootPubkey: wrong as string })).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  }
});
