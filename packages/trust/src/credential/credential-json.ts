import { z } from "zod";
import { asciiJson, checkJson, type JsonRules } from "../admission/json.ts";
import { isHex } from "../hex.ts";
import { admissionLimits } from "../protocol.ts";
import { isTextRecord } from "./attributes.ts";
import type { ConsumerEnrollmentCredential, EnrollmentCredential } from "./credential.ts";
import { CredentialError } from "./credential-error.ts";
import { parseStrictJson } from "./strict-json.ts";

const rules: JsonRules = {
  bounds: { bytes: admissionLimits.messageBytes, depth: 2 },
  tooLarge: (problem) => new CredentialError("malformed", problem),
  malformed: (problem, options) => new CredentialError("malformed", problem, options),
};

const hex = (bytes: number) =>
  z.custom<string>((value) => isHex(value, bytes), `not ${bytes * 2} lower-case hex characters`);

const common = {
  root_pubkey: hex(32),
  expires_at: z.custom<number>((value) => typeof value === "number", "not a number"),
  // a record of zod leaves out __proto__, which may be signed
  attributes: z.custom<Readonly<Record<string, string>>>(isTextRecord, "not an object of texts"),
  signature: hex(64),
};

const consumerShape = z.strictObject({
  credential_type: z.custom<"policy" | "ott">((value) => typeof value === "string", "not a text"),
  ...common,
  endpoint_id: hex(32).nullish(),
  nonce: hex(32).nullish(),
});

const producerShape = z.strictObject({ endpoint_id: hex(32), ...common });

/**
 * The credential as JSON, byte by byte as the Python package writes it. A secret if it has a nonce
 * or no endpoint id.
 */
export function formatCredential(credential: ConsumerEnrollmentCredential): string {
  return asciiJson({
    credential_type: credential.type,
    root_pubkey: credential.rootPubkey,
    expires_at: credential.expiresAt,
    attributes: credential.attributes,
    endpoint_id: credential.endpointId ?? null,
    nonce: credential.nonce ?? null,
    signature: credential.signature,
  });
}

/**
 * Reads the JSON of a credential and does not verify it; see {@link verifyCredential}. Refuses what
 * has two readings: unknown and repeated keys, upper-case hex, numbers as texts. Throws
 * {@link CredentialError} `"malformed"`.
 */
export function parseCredential(text: string): ConsumerEnrollmentCredential {
  const wire = read("credential", text, consumerShape);
  return {
    type: wire.credential_type,
    rootPubkey: wire.root_pubkey,
    expiresAt: wire.expires_at,
    attributes: wire.attributes,
    ...(typeof wire.endpoint_id === "string" && { endpointId: wire.endpoint_id }),
    ...(typeof wire.nonce === "string" && { nonce: wire.nonce }),
    signature: wire.signature,
  };
}

/** The credential of a producer as JSON, byte by byte as the Python package writes it. */
export function formatProducerCredential(credential: EnrollmentCredential): string {
  return asciiJson({
    endpoint_id: credential.endpointId,
    root_pubkey: credential.rootPubkey,
    expires_at: credential.expiresAt,
    attributes: credential.attributes,
    signature: credential.signature,
  });
}

/**
 * Reads the JSON of the credential of a producer and does not verify it. Throws
 * {@link CredentialError} `"malformed"`.
 */
export function parseProducerCredential(text: string): EnrollmentCredential {
  const wire = read("producer credential", text, producerShape);
  return {
    rootPubkey: wire.root_pubkey,
    endpointId: wire.endpoint_id,
    expiresAt: wire.expires_at,
    attributes: wire.attributes,
    signature: wire.signature,
  };
}

function read<T>(what: string, text: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = parseStrictJson(text, rules.bounds);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw rules.malformed(`the ${what} cannot be read: ${why}`);
  }
  return checkJson(what, value, shape, rules);
}
