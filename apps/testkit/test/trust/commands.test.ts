import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseCredential,
  parseProducerCredential,
  parseRevocationList,
  verifyCredential,
  verifyProducerCredential,
} from "@aster/trust";
import { identityPeer, readIdentity, readNodeKey } from "@aster/trust/files";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printed } from "../support/printed.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-trust-"));
const file = (name: string) => join(folder, name);
const textOf = (name: string) => readFileSync(file(name), "utf8");
const rootKey = file("root.key");
const endpoint = "5a".repeat(32);

afterAll(() => rmSync(folder, { recursive: true }));

let rootPubkey: string;

beforeAll(async () => {
  const { code, lines } = await printed("keys", "root", "--out", rootKey);
  expect(code).toBe(0);
  [{ publicKey: rootPubkey }] = lines as [{ publicKey: string }];
});

describe("testkit keys", () => {
  it("makes a root key in two files, and never overwrites one", async () => {
    expect(rootPubkey).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(textOf("root.key"))).toEqual({
      private_key: expect.stringMatching(/^[0-9a-f]{64}$/),
      public_key: rootPubkey,
    });
    expect(JSON.parse(textOf("root.pub"))).toEqual({ public_key: rootPubkey });
    expect(statSync(rootKey).mode & 0o777).toBe(0o600);
    const before = textOf("root.key");
    expect(await printed("keys", "root", "--out", rootKey)).toMatchObject({
      code: 1,
      lines: [{ error: { code: 6, status: "ALREADY_EXISTS", reason: "key.exists" } }],
    });
    expect(textOf("root.key")).toBe(before);
  });

  it("makes a node key", async () => {
    const { lines } = await printed("keys", "node", "--out", file("node.key"));
    const { endpointId } = await readNodeKey(file("node.key"));
    expect(lines).toEqual([{ endpointId }]);
    expect(JSON.parse(textOf("node.key"))).toMatchObject({ node_id: endpointId });
    expect(statSync(file("node.key")).mode & 0o777).toBe(0o600);
  });
});

describe("testkit credential", () => {
  const sign = (...args: readonly string[]) =>
    printed("credential", "--root-key", rootKey, "--out", file("cred.json"), ...args);

  it("signs a credential of 30 days that only its owner can read", async () => {
    const { code, lines } = await sign("--role", "ops", "--role", "admin", "--name", "alice");
    const credential = parseCredential(textOf("cred.json"));
    verifyCredential(credential, { rootPubkey });
    const { expiresAt } = credential;
    expect({ code, lines }).toEqual({ code: 0, lines: [{ type: "policy", expiresAt }] });
    expect(credential.attributes).toEqual({ "aster.role": "ops,admin", "aster.name": "alice" });
    expect(expiresAt - Date.now() / 1_000).toBeGreaterThan(30 * 86_400 - 60);
    expect(expiresAt - Date.now() / 1_000).toBeLessThanOrEqual(30 * 86_400);
    expect(statSync(file("cred.json")).mode & 0o777).toBe(0o600);
  });

  it("signs a one-time token for an endpoint", async () => {
    const { lines } = await sign("--one-time", "--endpoint", endpoint, "--expires", "60");
    const credential = parseCredential(textOf("cred.json"));
    verifyCredential(credential, { rootPubkey, endpointId: endpoint });
    expect(lines).toEqual([{ type: "ott", expiresAt: credential.expiresAt }]);
    expect(credential.expiresAt - Date.now() / 1_000).toBeLessThanOrEqual(60);
  });

  it("signs a credential for a producer", async () => {
    const { lines } = await sign("--producer", "--endpoint", endpoint, "--attribute", "zone=a=b");
    const credential = parseProducerCredential(textOf("cred.json"));
    verifyProducerCredential(credential, { rootPubkey, endpointId: endpoint });
    expect(lines).toEqual([{ type: "producer", expiresAt: credential.expiresAt }]);
    expect(credential.attributes).toEqual({ zone: "a=b" });
  });

  it.each([
    ["a role beside its attribute", ["--role", "a", "--attribute", "aster.role=b"], "exclude"],
    ["a producer without an endpoint", ["--producer"], "--endpoint is missing"],
    ["a one-time token for a producer", ["--producer", "--one-time"], "exclude each other"],
    ["an endpoint that is not one", ["--endpoint", "AB"], "endpoint"],
    ["a role with a comma", ["--role", "a,admin"], "without commas"],
    ["a term that is not a number", ["--expires", "30d"], "--expires takes a whole number"],
    ["an argument", ["x"], 'takes no argument "x"'],
  ])("refuses %s as wrong usage", async (_, args, text) => {
    const { code, lines, errors } = await sign(...args);
    expect({ code, lines }).toEqual({ code: 2, lines: [] });
    expect(errors).toContain(text);
  });

  it("reports a root key that others can read", async () => {
    writeFileSync(file("open.key"), textOf("root.key"));
    chmodSync(file("open.key"), 0o644);
    const args = ["--root-key", file("open.key"), "--out", file("none.json")];
    expect(await printed("credential", ...args)).toMatchObject({
      code: 1,
      lines: [{ error: { code: 9, reason: "key.unsafe" } }],
    });
  });
});

describe("testkit identity", () => {
  const enrol = (...args: readonly string[]) =>
    printed("identity", "--root-key", rootKey, "--out", file(".aster-identity"), ...args);

  it("makes the key, adds entries with all attributes, and replaces one of the same name", async () => {
    const first = await enrol("--name", "prod", "--role", "consumer");
    const second = await enrol("--name", "store", "--role", "producer", "--expires", "600");
    const caps = ["--capability", "ops", "--capability", "logs"];
    const third = await enrol("--name", "prod", "--role", "consumer", ...caps);
    const identity = await readIdentity(file(".aster-identity"));
    const { endpointId } = identity;
    for (const { code, lines } of [first, second, third]) {
      expect({ code, lines }).toEqual({ code: 0, lines: [{ endpointId }] });
    }
    expect(identity.peers.map(({ name }) => name).sort()).toEqual(["prod", "store"]);
    const { credential } = identityPeer(identity, { name: "prod" });
    expect(credential).toMatchObject({ endpointId, rootPubkey });
    expect(credential.attributes).toEqual({ "aster.role": "ops,logs", "aster.name": "prod" });
    const store = identityPeer(identity, { name: "store" });
    expect(store.credential.attributes).toEqual({
      "aster.role": "producer",
      "aster.name": "store",
    });
    expect(textOf(".aster-identity")).toContain('"aster.role" = "producer"');
  });

  it("refuses a role that does not exist as wrong usage", async () => {
    expect(await enrol("--name", "x", "--role", "admin")).toMatchObject({ code: 2, lines: [] });
  });
});

describe("testkit revoke", () => {
  const revoke = (...args: readonly string[]) =>
    printed("revoke", "--root-key", rootKey, "--out", file("revoked.json"), ...args);

  it("adds to a list and counts up", async () => {
    const [a, b] = ["b0".repeat(32), "a0".repeat(32)];
    expect(await revoke("--endpoint", a)).toMatchObject({
      code: 0,
      lines: [{ sequence: 1, revoked: [a] }],
    });
    const list = file("revoked.json");
    expect(await revoke("--endpoint", b, "--list", list)).toMatchObject({
      lines: [{ sequence: 2, revoked: [b, a] }],
    });
    expect(parseRevocationList(textOf("revoked.json"), rootPubkey).sequence).toBe(2);
  });

  it("reports a list that another root key has signed, and writes nothing", async () => {
    const before = textOf("revoked.json");
    await printed("keys", "root", "--out", file("other.key"));
    const args = ["--list", file("revoked.json"), "--endpoint", endpoint];
    const other = ["--root-key", file("other.key"), "--out", file("revoked.json")];
    expect(await printed("revoke", ...args, ...other)).toMatchObject({
      code: 1,
      lines: [{ error: { reason: "admission.revocation" } }],
    });
    expect(textOf("revoked.json")).toBe(before);
  });
});
