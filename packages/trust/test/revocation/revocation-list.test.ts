import { createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  formatRevocationList,
  generateRootKeypair,
  parseRevocationList,
  type RevocationList,
  signRevocationList,
} from "../../src/index.ts";

const root = await generateRootKeypair();
const other = await generateRootKeypair();
const [a, b] = ["aa".repeat(32), "bb".repeat(32)] as const;

const sign = (sequence: number, revoked: string[], by = root): Promise<RevocationList> =>
  signRevocationList(by.secretKey, { sequence, revoked, issuedAt: 1_800_000_000 });

const refused = expect.objectContaining({ name: "AdmissionError", code: "revocation" });

describe("a revocation list", () => {
  test("is read as it was signed, sorted and without duplicates", async () => {
    const list = await sign(3, [b, a, b]);
    expect(list).toMatchObject({ sequence: 3, revoked: [a, b], rootPubkey: root.publicKey });
    expect(parseRevocationList(formatRevocationList(list), root.publicKey)).toEqual(list);
  });

  test("is refused under another root key", async () => {
    const text = formatRevocationList(await sign(1, [a], other));
    expect(() => parseRevocationList(text, root.publicKey)).toThrow(refused);
    const claimed = text.replace(other.publicKey, root.publicKey);
    expect(() => parseRevocationList(claimed, root.publicKey)).toThrow(/signature/);
  });

  test("is refused if any field was changed", async () => {
    const list = await sign(1, [a, b]);
    const changes: Partial<RevocationList>[] = [
      { sequence: 2 },
      { issuedAt: 1 },
      { revoked: [a] },
      { revoked: [] },
      { revoked: [a, b, "cc".repeat(32)] },
      { signature: "00".repeat(64) },
    ];
    for (const change of changes) {
      const text = formatRevocationList({ ...list, ...change });
      expect(() => parseRevocationList(text, root.publicKey), JSON.stringify(change)).toThrow(
        refused,
      );
    }
  });

  test("is refused in every other form", async () => {
    const text = formatRevocationList(await sign(1, [a, b]));
    const forms = [
      "",
      "[]",
      text.slice(0, -3),
      text.replace("{", '{"more":1,'),
      text.replace("1,", '"1",'),
      text.replace("1,", "1.5,"),
      text.replace(a, a.toUpperCase()),
      text.replace(a, "x").replace(b, a).replace("x", b),
      text.replace("aster-revocation-list", "other"),
      text + " ".repeat(4 * 1024 * 1024),
    ];
    for (const form of forms) {
      expect(() => parseRevocationList(form, root.publicKey), form.slice(0, 80)).toThrow(refused);
    }
  });

  test.each([
    [{ sequence: 0, revoked: [] }],
    [{ sequence: 1.5, revoked: [] }],
    [{ sequence: 2 ** 53, revoked: [] }],
    [{ sequence: 1, revoked: ["ab"] }],
    [{ sequence: 1, revoked: ["AA".repeat(32)] }],
    [{ sequence: 1, revoked: [], issuedAt: -1 }],
  ])("is not signed for %j", async (options) => {
    await expect(signRevocationList(root.secretKey, options)).rejects.toMatchObject({
      code: "option",
    });
  });

  test("is signed over the fields behind their lengths", async () => {
    const list = await signRevocationList(new Uint8Array(32).fill(7), {
      sequence: 258,
      issuedAt: 1_800_000_000,
      revoked: [b, a],
    });
    const rootKey = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";
    expect(list.rootPubkey).toBe(rootKey);
    const message = Buffer.concat([
      Buffer.from("aster/revocation-list/v1\0"),
      Buffer.from(`00000020${rootKey}`, "hex"),
      Buffer.from("000000080000000000000102", "hex"),
      Buffer.from("00000008000000006b49d200", "hex"),
      Buffer.from(`00000040${a}${b}`, "hex"),
    ]);
    const spki = Buffer.from(`302a300506032b6570032100${rootKey}`, "hex");
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify(null, message, key, Buffer.from(list.signature, "hex"))).toBe(true);
  });
});
