import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EnrollmentCredential,
  formatCredential,
  formatProducerCredential,
  parseCredential,
  rootKeypairOf,
  signCredential,
  signProducerCredential,
  verifyCredential,
} from "@aster/trust";
import {
  type NewIdentityPeer,
  newIdentity,
  withIdentityPeer,
  writeIdentity,
} from "@aster/trust/files";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const environment = await pythonWithAster();
const script = new URL("../../python/credentials.py", import.meta.url);

const seed = new Uint8Array(32).fill(7);
const root = rootKeypairOf(seed);
const node = rootKeypairOf(new Uint8Array(32).fill(5));
const peer = node.publicKey;
const attributes = {
  "aster.role": "ops,logs",
  'k"\\': "Zürich",
  ﬁ: "1",
  "🦊": "2",
  "10": "a",
  "9": "b",
};

interface Consumer {
  readonly admitted: boolean;
  readonly attributes: Record<string, string>;
  readonly json: string;
}

describe.skipIf("missing" in environment)("credentials and identity files", () => {
  let python: PythonCommands;

  beforeAll(async () => {
    if ("missing" in environment) return;
    python = await PythonCommands.start(environment.path, script);
  });

  afterAll(() => python?.[Symbol.asyncDispose]());

  it.each([
    ["any endpoint", { attributes }],
    ["one endpoint", { roles: ["ops"], name: "Zoë", endpointId: peer }],
    ["one use", { attributes: {}, oneTime: true }],
    ["one use of one endpoint", { attributes, oneTime: true, endpointId: peer }],
  ])("admits a TypeScript credential for %s in Python", async (_, options) => {
    const credential = await signCredential(root.secretKey, options);
    const json = formatCredential(credential);
    const ask = { op: "consumer", json, root: root.publicKey, peer };
    const answer = (await python.do(ask)) as Consumer;
    expect(answer).toMatchObject({ admitted: true, attributes: credential.attributes });
    expect(JSON.parse(answer.json)).toEqual(JSON.parse(json));
    const elsewhere = (await python.do({ ...ask, peer: root.publicKey })) as Consumer;
    expect(elsewhere.admitted).toBe(credential.endpointId === undefined);
    const { publicKey } = rootKeypairOf(new Uint8Array(32).fill(9));
    expect(await python.do({ ...ask, root: publicKey })).toMatchObject({ admitted: false });
  });

  it.each([
    [null, null],
    [peer, null],
    [null, "09".repeat(32)],
    [peer, "0a".repeat(32)],
  ])("verifies a Python credential for endpoint %s with nonce %s", async (endpointId, nonce) => {
    const json = (await python.do({
      op: "sign",
      seed: Buffer.from(seed).toString("hex"),
      expiresAt: 4_000_000_000,
      attributes,
      endpointId,
      nonce,
    })) as string;
    const credential = parseCredential(json);
    expect(credential.attributes).toEqual(attributes);
    verifyCredential(credential, { rootPubkey: root.publicKey, endpointId: peer });
    expect(JSON.parse(formatCredential(credential))).toEqual(JSON.parse(json));
  });

  it("admits a TypeScript credential for a producer in Python", async () => {
    const credential: EnrollmentCredential = await signProducerCredential(root.secretKey, {
      endpointId: peer,
      attributes,
    });
    const fields = JSON.parse(formatProducerCredential(credential));
    expect(await python.do({ op: "producer", fields, peer })).toMatchObject({ admitted: true });
    const elsewhere = await python.do({ op: "producer", fields, peer: root.publicKey });
    expect(elsewhere).toMatchObject({ admitted: false });
  });

  it("reads a TypeScript identity file in Python", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aster-identity-"));
    try {
      const path = join(folder, ".aster-identity");
      const peers: NewIdentityPeer[] = [
        {
          name: "store",
          role: "producer",
          credential: await signProducerCredential(root.secretKey, { endpointId: peer }),
        },
        {
          name: "prod",
          role: "consumer",
          credential: await signCredential(root.secretKey, { attributes, endpointId: peer }),
        },
        {
          name: "once",
          role: "consumer",
          credential: await signCredential(root.secretKey, { oneTime: true }),
        },
      ];
      const empty = newIdentity(node.secretKey);
      await writeIdentity(path, peers.reduce(withIdentityPeer, empty));
      for (const choice of [{ name: "prod" }, { role: "consumer" }, { name: "once" }]) {
        const read = (await python.do({ op: "identity", path, ...choice })) as {
          readonly secretKey: string;
          readonly credential: string;
        };
        expect(read.secretKey).toBe(Buffer.from(node.secretKey.expose()).toString("hex"));
        const ask = { op: "consumer", json: read.credential, root: root.publicKey, peer };
        expect(await python.do(ask)).toMatchObject({ admitted: true });
      }
      expect(await python.do({ op: "identity", path, role: "producer" })).toMatchObject({
        peer: { name: "store", root_pubkey: root.publicKey, endpoint_id: peer },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
