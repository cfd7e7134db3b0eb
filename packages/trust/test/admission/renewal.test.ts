import { describe, expect, test } from "vitest";
import { requestAdmission } from "../../src/admission.ts";
import {
  type ConsumerEnrollmentCredential,
  credentialGate,
  formatCredential,
  generateRootKeypair,
  PeerStore,
  type RenewCredential,
  signCredential,
} from "../../src/index.ts";
import { Admissions } from "./support/admissions.ts";

const root = await generateRootKeypair();
const rogue = await generateRootKeypair();
const rootPubkey = root.publicKey;
const inSeconds = (s: number) => Math.floor(Date.now() / 1_000) + s;

async function renewed(renew: RenewCredential | undefined, asks = true) {
  const peers = new PeerStore();
  await using admissions = await Admissions.of({
    gate: credentialGate({ rootPubkey }),
    peers,
    renew,
  });
  const first = await signCredential(root.secretKey, {
    roles: ["ops"],
    expiresAt: inSeconds(60),
    endpointId: admissions.client.id,
  });
  const connection = await admissions.dial();
  const credentialJson = formatCredential(first);
  const response = await requestAdmission(connection, { credentialJson, renew: asks });
  const attributes = peers.get(admissions.client.id)?.attributes;
  peers.close();
  return { first, response, attributes, outcome: admissions.outcomes.at(-1) };
}

const issue: RenewCredential = ({ expiresAt }, endpointId) =>
  signCredential(root.secretKey, { roles: ["ops", "more"], expiresAt: expiresAt + 60, endpointId });

describe("a renewal", () => {
  test("returns a new credential and admits the peer with it", async () => {
    const seen: ConsumerEnrollmentCredential[] = [];
    const { first, response, attributes } = await renewed((credential, peer) => {
      seen.push(credential);
      return issue(credential, peer);
    });
    expect(seen).toEqual([first]);
    expect(JSON.parse(response.credentialJson ?? "")).toMatchObject({
      expires_at: first.expiresAt + 60,
      endpoint_id: first.endpointId,
    });
    expect(response.attributes).toEqual({ "aster.role": "ops,more" });
    expect(attributes).toEqual(response.attributes);
  });

  test("takes a credential as text", async () => {
    const { response } = await renewed(async (credential, peer) =>
      formatCredential((await issue(credential, peer)) as ConsumerEnrollmentCredential),
    );
    expect(response.credentialJson).toContain("ops,more");
  });

  test("is made only for peers that ask for it, by servers that renew", async () => {
    expect((await renewed(issue, false)).response).not.toHaveProperty("credentialJson");
    expect((await renewed(undefined)).response).not.toHaveProperty("credentialJson");
    expect((await renewed(() => undefined)).response).not.toHaveProperty("credentialJson");
  });

  test.each<[string, RenewCredential]>([
    ["another root key", (_, peer) => signCredential(rogue.secretKey, { endpointId: peer })],
    ["another endpoint", () => signCredential(root.secretKey, { endpointId: "aa".repeat(32) })],
    ["an expired term", () => signCredential(root.secretKey, { expiresAt: 1 })],
    ["one use", () => signCredential(root.secretKey, { oneTime: true })],
    ["nothing", () => "nonsense"],
  ])("leaves the peer admitted if the new credential is for %s", async (_, renew) => {
    const { response, attributes, outcome } = await renewed(renew);
    expect(response).toMatchObject({ admitted: true, attributes: { "aster.role": "ops" } });
    expect(response).not.toHaveProperty("credentialJson");
    expect(attributes).toEqual({ "aster.role": "ops" });
    expect(outcome).toMatchObject({ admitted: true, error: { name: "AdmissionError" } });
  });

  test("denies a peer that is revoked meanwhile", async () => {
    const revocations = { isRevoked: () => false };
    const peers = new PeerStore();
    const gate = credentialGate({ rootPubkey, revocations });
    const renew = async () => {
      revocations.isRevoked = () => true;
      return undefined;
    };
    await using admissions = await Admissions.of({ gate, peers, renew });
    const credentialJson = formatCredential(await signCredential(root.secretKey));
    const asked = requestAdmission(await admissions.dial(), { credentialJson, renew: true });
    await expect(asked).rejects.toMatchObject({ code: "denied" });
    expect(peers.size).toBe(0);
    expect(admissions.outcomes).toMatchObject([{ admitted: false, cause: "revoked" }]);
  });

  test("leaves the peer admitted if it fails", async () => {
    const error = new Error("the signer is down");
    const { response, outcome } = await renewed(() => Promise.reject(error));
    expect(response.admitted).toBe(true);
    expect(outcome).toMatchObject({ admitted: true, error });
  });
});
