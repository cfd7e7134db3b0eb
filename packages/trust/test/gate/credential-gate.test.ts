import { describe, expect, test } from "vitest";
import {
  type AdmissionDecision,
  AdmissionError,
  type ConsumerEnrollmentCredential,
  credentialGate,
  credentialIdOf,
  formatCredential,
  formatProducerCredential,
  generateRootKeypair,
  memoryNonceStore,
  producerGate,
  type SignCredentialOptions,
  signCredential,
  signProducerCredential,
} from "../../src/index.ts";

const root = await generateRootKeypair();
const rogue = await generateRootKeypair();
const rootPubkey = root.publicKey;
const [peer, other] = ["aa".repeat(32), "bb".repeat(32)] as const;

const sign = (options: SignCredentialOptions = {}, by = root) =>
  signCredential(by.secretKey, options);

function admit(
  credential: ConsumerEnrollmentCredential | string,
  options: Partial<Parameters<typeof credentialGate>[0]> = {},
): Promise<AdmissionDecision> {
  const gate = credentialGate({ rootPubkey, ...options });
  return present(gate, credential);
}

async function present(
  gate: ReturnType<typeof credentialGate>,
  credential: ConsumerEnrollmentCredential | string,
  iidToken = "",
): Promise<AdmissionDecision> {
  const credentialJson = typeof credential === "string" ? credential : formatCredential(credential);
  return gate.admit({ credentialJson, iidToken }, peer);
}

const denied = (cause: string) => ({ admitted: false, cause });

describe("a credential gate", () => {
  test("admits a peer with the attributes and the expiry of its credential", async () => {
    const credential = await sign({ roles: ["ops", "logs"], name: "bob", endpointId: peer });
    expect(await admit(credential)).toEqual({
      admitted: true,
      attributes: { "aster.role": "ops,logs", "aster.name": "bob" },
      expiresAtMs: credential.expiresAt * 1_000,
      credential,
      credentialId: credentialIdOf(credential),
      isRevoked: expect.any(Function),
    });
    expect(credentialGate({ rootPubkey }).open).toBe(false);
  });

  test.each([
    ["no-credential", async () => ""],
    ["malformed", async () => "not a credential"],
    ["malformed", async () => formatCredential(await sign()).replace('"policy"', "7")],
    ["malformed", async () => formatCredential(await sign()).slice(0, -1)],
    ["wrong-root", () => sign({}, rogue)],
    ["structure", async () => ({ ...(await sign()), type: "other" as never })],
    ["structure", async () => ({ ...(await sign()), nonce: "09".repeat(32) })],
    ["structure", async () => ({ ...(await sign()), type: "ott" as const })],
    ["signature", async () => ({ ...(await sign()), attributes: { "aster.role": "admin" } })],
    ["signature", async () => ({ ...(await sign({}, rogue)), rootPubkey })],
    ["signature", async () => ({ ...(await sign()), endpointId: peer })],
    ["expired", () => sign({ expiresAt: Math.floor(Date.now() / 1_000) - 1 })],
    ["expired", () => sign({ expiresAt: 0 })],
    ["endpoint", () => sign({ endpointId: other })],
    ["endpoint", () => sign({ endpointId: other, oneTime: true })],
  ])("denies with the cause %s", async (cause, made) => {
    expect(await admit(await made())).toMatchObject(denied(cause));
  });

  test("names the credential in a denial, if it can be read", async () => {
    const credential = await sign({}, rogue);
    expect(await admit(credential)).toMatchObject({ credentialId: credentialIdOf(credential) });
    expect(await admit("")).not.toHaveProperty("credentialId");
    expect(await admit("{}")).not.toHaveProperty("credentialId");
  });

  test("denies the credential of a producer, and a producer gate that of a consumer", async () => {
    const producer = await signProducerCredential(root.secretKey, { endpointId: peer });
    expect(await admit(formatProducerCredential(producer))).toMatchObject(denied("malformed"));
    const gate = producerGate({ rootPubkey });
    const consumer = await sign({ endpointId: peer });
    expect(await present(gate, consumer)).toMatchObject(denied("malformed"));
    expect(await present(gate, formatProducerCredential(producer))).toMatchObject({
      admitted: true,
      attributes: {},
      expiresAtMs: producer.expiresAt * 1_000,
    });
    const foreign = await signProducerCredential(root.secretKey, { endpointId: other });
    expect(await present(gate, formatProducerCredential(foreign))).toMatchObject(
      denied("endpoint"),
    );
  });

  test("denies a revoked endpoint, and does not use up its token", async () => {
    const tokens = memoryNonceStore();
    const credential = await sign({ oneTime: true });
    const revocations = { isRevoked: (id: string) => id === peer };
    expect(await admit(credential, { tokens, revocations })).toMatchObject(denied("revoked"));
    expect(await admit(credential, { tokens })).toMatchObject({ admitted: true });
  });

  test("denies an endpoint that is revoked while its token is recorded", async () => {
    let revoked = false;
    const gate = credentialGate({
      rootPubkey,
      revocations: { isRevoked: () => revoked },
      tokens: {
        consume: async () => {
          revoked = true;
          return true;
        },
      },
    });
    expect(await present(gate, await sign({ oneTime: true }))).toMatchObject(denied("revoked"));
  });

  test("uses the clock that it is given, to the second", async () => {
    const credential = await sign({ expiresAt: 1_800_000_000 });
    expect(await admit(credential, { nowMs: () => 1_799_999_999_999 })).toMatchObject({
      admitted: true,
    });
    expect(await admit(credential, { nowMs: () => 1_800_000_000_000 })).toMatchObject(
      denied("expired"),
    );
  });

  test.each(["", "ab", "00".repeat(32), `01${"00".repeat(31)}`, undefined])(
    "is not made for the root key %j",
    (wrong) => {
      expect(() => credentialGate({ rootPubkey: wrong as string })).toThrow(
        expect.objectContaining({ name: "AdmissionError", code: "option" }),
      );
    },
  );
});

describe("one-time tokens", () => {
  test("admit once, whichever peer presents them", async () => {
    const gate = credentialGate({ rootPubkey });
    const credential = await sign({ oneTime: true });
    const attempts = await Promise.all(Array.from({ length: 50 }, () => present(gate, credential)));
    expect(attempts.filter(({ admitted }) => admitted)).toHaveLength(1);
    expect(attempts.find(({ admitted }) => !admitted)).toMatchObject(denied("token-used"));
    const json = formatCredential(credential);
    const again = await gate.admit({ credentialJson: json, iidToken: "" }, other);
    expect(again).toMatchObject(denied("token-used"));
  });

  test("do not admit if the store fails, and other credentials do", async () => {
    const error = new AdmissionError("store", "disk full");
    const tokens = { consume: () => Promise.reject(error) };
    const gate = credentialGate({ rootPubkey, tokens });
    const failed = await present(gate, await sign({ oneTime: true }));
    expect(failed).toMatchObject({ admitted: false, cause: "token-used", error });
    expect(await present(gate, await sign())).toMatchObject({ admitted: true });
  });

  test("do not admit if the store answers anything but true", async () => {
    const tokens = { consume: async () => "yes" as unknown as boolean };
    expect(await admit(await sign({ oneTime: true }), { tokens })).toMatchObject(
      denied("token-used"),
    );
  });
});

describe("claims about a cloud instance", () => {
  const attributes = { "aster.iid_provider": "aws", "aster.iid_account": "1234" };

  test("deny the peer unless they are verified", async () => {
    for (const claimed of [attributes, { "aster.iid_region": "eu" }]) {
      const credential = await sign({ attributes: claimed });
      expect(await admit(credential)).toMatchObject(denied("structure"));
    }
  });

  test("are verified by the function of the operator, before a token is used up", async () => {
    const credential = await sign({ attributes, oneTime: true });
    const seen: unknown[] = [];
    let answer: unknown = "yes";
    const gate = credentialGate({
      rootPubkey,
      verifyInstance: (claim) => {
        seen.push(claim);
        return answer as boolean;
      },
    });
    expect(await present(gate, credential, "token")).toMatchObject(denied("structure"));
    answer = true;
    expect(await present(gate, credential, "token")).toMatchObject({ admitted: true });
    expect(seen).toEqual(Array(2).fill({ attributes, iidToken: "token", peer }));
  });
});
