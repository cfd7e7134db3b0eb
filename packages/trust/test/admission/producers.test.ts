import { describe, expect, test } from "vitest";
import {
  gossipTopicOf,
  PRODUCER_ADMISSION_ALPN,
  ProducerMesh,
  requestProducerAdmission,
} from "../../src/admission.ts";
import {
  admissionLimiter,
  formatCredential,
  formatProducerCredential,
  generateRootKeypair,
  openGate,
  producerGate,
  signCredential,
  signProducerCredential,
} from "../../src/index.ts";
import { Admissions } from "./support/admissions.ts";

const root = await generateRootKeypair();
const rootPubkey = root.publicKey;
const [self, other] = ["cc".repeat(32), "dd".repeat(32)] as const;
const denial = '{"accepted":false,"salt":"","accepted_producers":[],"reason":""}';

const wrapped = (credential: string): string =>
  JSON.stringify({ credential_json: credential, iid_token: "" });

async function open(mesh = new ProducerMesh({ rootPubkey, producers: [self] })) {
  const gate = producerGate({ rootPubkey });
  const limiter = admissionLimiter({ perEndpoint: 100 });
  const admissions = await Admissions.of({ gate: openGate() }, { gate, mesh, limiter });
  const sign = async (endpointId = admissions.client.id, expiresAt?: number) =>
    formatProducerCredential(
      await signProducerCredential(root.secretKey, { endpointId, expiresAt, roles: ["producer"] }),
    );
  const request = async (credentialJson: string) =>
    requestProducerAdmission(await admissions.dial(PRODUCER_ADMISSION_ALPN), { credentialJson });
  return { admissions, mesh, sign, request };
}

describe("a producer", () => {
  test("joins a mesh with a credential for its endpoint", async () => {
    const { admissions, mesh, sign, request } = await open();
    await using _ = admissions;
    const response = await request(await sign());
    expect(response).toEqual({
      accepted: true,
      salt: mesh.salt,
      acceptedProducers: [self, admissions.client.id].sort(),
      reason: "",
    });
    expect(mesh.has(admissions.client.id)).toBe(true);
    expect(admissions.outcomes).toMatchObject([{ peer: admissions.client.id, admitted: true }]);
  });

  test("is denied with the credential of another one, in the bytes of the Python package", async () => {
    const { admissions, mesh, sign } = await open();
    await using _ = admissions;
    const consumer = await signCredential(root.secretKey, { endpointId: admissions.client.id });
    const requests = [
      wrapped(await sign(other)),
      wrapped(formatCredential(consumer)),
      wrapped(await sign(undefined, 1_000_000_000)),
      wrapped(""),
      await sign(),
      "{",
    ];
    for (const request of requests) {
      expect(await admissions.ask(request, PRODUCER_ADMISSION_ALPN)).toBe(denial);
    }
    expect(admissions.outcomes.map(({ cause }) => cause)).toEqual([
      "endpoint",
      "malformed",
      "expired",
      "no-credential",
      "malformed",
      "malformed",
    ]);
    expect(mesh.producers).toEqual([self]);
  });

  test("receives an error if it is denied", async () => {
    const { admissions, sign, request } = await open();
    await using _ = admissions;
    await expect(request(await sign(other))).rejects.toMatchObject({ code: "denied" });
  });
});

describe("a mesh", () => {
  test("derives its topic as the Python package does", () => {
    const topic = gossipTopicOf("01".repeat(32), "02".repeat(32));
    expect(topic).toBe("9d22c2c8f750fb6763b4847d2c983dd7c0f2b40090c502359426f988dc7c6841");
    const mesh = new ProducerMesh({ rootPubkey: "01".repeat(32), salt: "02".repeat(32) });
    expect(mesh.topic).toBe(topic);
    expect(new ProducerMesh({ rootPubkey }).salt).toMatch(/^[0-9a-f]{64}$/);
  });

  test("forgets producers at the end of their credential, and removed ones", () => {
    const mesh = new ProducerMesh({ rootPubkey });
    mesh.accept(self);
    mesh.accept(other, Date.now() - 1);
    expect(mesh.producers).toEqual([self]);
    expect(mesh.has(other)).toBe(false);
    expect(mesh.remove(self)).toBe(true);
    expect(mesh.producers).toEqual([]);
  });

  test("holds as many producers as fit into an answer", async () => {
    const producers = Array.from({ length: 960 }, (_, at) => at.toString(16).padStart(64, "0"));
    const full = new ProducerMesh({ rootPubkey, producers });
    const { admissions, sign, request } = await open(full);
    await using _ = admissions;
    await expect(request(await sign())).rejects.toMatchObject({ code: "denied" });
    expect(admissions.outcomes.at(-1)).toMatchObject({ reason: "the mesh is full" });
    full.remove(producers[0] ?? "");
    expect((await request(await sign())).acceptedProducers).toHaveLength(960);
  });

  test.each(["", "ab", "AB".repeat(32)])("is not made with the salt %j", (salt) => {
    expect(() => new ProducerMesh({ rootPubkey, salt })).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  });
});
