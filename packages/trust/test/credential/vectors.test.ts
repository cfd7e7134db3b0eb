// Credentials that the Python package signed.
import { describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/trust/credentials.json" with { type: "json" };
import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../../src/credential/credential.ts";
import {
  formatCredential,
  formatProducerCredential,
  parseCredential,
  parseProducerCredential,
} from "../../src/credential/credential-json.ts";
import { consumerSignedBytes, producerSignedBytes } from "../../src/credential/signed-bytes.ts";
import { verifyCredential, verifyProducerCredential } from "../../src/credential/verify.ts";
import { bytesToHex, hexToBytes } from "../../src/hex.ts";
import { signBytes } from "../../src/keys/ed25519.ts";

const { rootPubkey } = vectors;
const seed = hexToBytes(vectors.seed);

describe.each(vectors.consumers)("consumer %#", (vector) => {
  const { type, attributes, expiresAt, signature } = vector;
  const credential = {
    type,
    rootPubkey,
    expiresAt,
    attributes,
    ...(vector.endpointId !== null && { endpointId: vector.endpointId }),
    ...(vector.nonce !== null && { nonce: vector.nonce }),
    signature,
  } as unknown as ConsumerEnrollmentCredential;

  test("has the signed bytes and the signature of the Python package", () => {
    const bytes = consumerSignedBytes(credential);
    expect(bytesToHex(bytes)).toBe(vector.signedBytes);
    expect(bytesToHex(signBytes(seed, bytes))).toBe(signature);
  });

  test("is read and written like by the Python package", () => {
    expect(parseCredential(vector.json)).toEqual(credential);
    expect(formatCredential(credential)).toBe(vector.json);
  });

  test("is verified until it expires", () => {
    const read = parseCredential(vector.json);
    const at = (nowMs: number) => () =>
      verifyCredential(read, { rootPubkey, endpointId: read.endpointId, nowMs });
    // a double holds no milliseconds of the largest expiry
    const lastMs = Math.min(expiresAt * 1_000 - 1, Number.MAX_SAFE_INTEGER);
    if (expiresAt > 0) expect(at(lastMs)).not.toThrow();
    expect(at(expiresAt * 1_000)).toThrow(expect.objectContaining({ code: "expired" }));
  });
});

describe.each(vectors.producers)("producer %#", (vector) => {
  const { attributes, endpointId, expiresAt, signature } = vector;
  const credential = {
    rootPubkey,
    endpointId,
    expiresAt,
    attributes,
    signature,
  } as unknown as EnrollmentCredential;

  test("has the signed bytes and the signature of the Python package", () => {
    const bytes = producerSignedBytes(credential);
    expect(bytesToHex(bytes)).toBe(vector.signedBytes);
    expect(bytesToHex(signBytes(seed, bytes))).toBe(signature);
  });

  test("is read, written and verified", () => {
    const read = parseProducerCredential(vector.json);
    expect(read).toEqual(credential);
    expect(formatProducerCredential(read)).toBe(vector.json);
    const nowMs = expiresAt * 1_000 - 1;
    expect(() => verifyProducerCredential(read, { rootPubkey, endpointId, nowMs })).not.toThrow();
  });
});
