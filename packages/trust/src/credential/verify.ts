import type { EndpointId } from "@aster/transport";
import { hexToBytes, isHex } from "../hex.ts";
import { type StrictKey, strictKeyOf } from "../keys/ed25519.ts";
import { wrongOption } from "../option.ts";
import type { ConsumerEnrollmentCredential, EnrollmentCredential } from "./credential.ts";
import { CredentialError, type DenialCause } from "./credential-error.ts";
import { consumerFault, producerFault } from "./rules.ts";
import { consumerSignedBytes, producerSignedBytes } from "./signed-bytes.ts";

export interface VerifyCredentialOptions {
  /** The trusted root key, 64 hex characters. The one in the credential proves nothing. */
  readonly rootPubkey: string;
  /**
   * The endpoint that presents the credential, as its connection proved it. Without it, the
   * binding of the credential to an endpoint is not checked.
   */
  readonly endpointId?: EndpointId | undefined;
  /** The present time in epoch milliseconds. Default: that of the system. */
  readonly nowMs?: number | undefined;
}

export interface VerifyProducerCredentialOptions extends VerifyCredentialOptions {
  readonly endpointId: EndpointId;
}

/**
 * Verifies the credential of a consumer: rules, root key, signature, expiry and endpoint. It does
 * not use up a one-time token and does not know what was revoked; a gate does both.
 *
 * Throws {@link CredentialError} with the first of these that does not hold, and
 * {@link AdmissionError} `"option"` if `rootPubkey` is not a public key. Each call verifies one
 * signature, so that its time does not tell the causes apart.
 */
export function verifyCredential(
  credential: ConsumerEnrollmentCredential,
  options: VerifyCredentialOptions,
): void {
  const fault = consumerFault(credential);
  verify(credential, options, fault, () => consumerSignedBytes(credential));
}

/**
 * Verifies the credential of a producer, like {@link verifyCredential}. It is always bound to an
 * endpoint, so that `endpointId` is required.
 */
export function verifyProducerCredential(
  credential: EnrollmentCredential,
  options: VerifyProducerCredentialOptions,
): void {
  if (!isHex(options.endpointId, 32)) {
    throw wrongOption("endpointId", "64 lower-case hex characters", options.endpointId);
  }
  const fault = producerFault(credential);
  verify(credential, options, fault, () => producerSignedBytes(credential));
}

/** Returns `true` if the credential keeps the rules and this key, trusted or not, signed it. */
export function isSignedBy(
  credential: ConsumerEnrollmentCredential | EnrollmentCredential,
  rootPubkey: string,
): boolean {
  const key = strictKeyOf(rootPubkey);
  if (key === undefined || !isHex(credential.signature, 64)) return false;
  const signature = hexToBytes(credential.signature);
  if ("type" in credential) {
    return (
      consumerFault(credential) === undefined &&
      key.verify(consumerSignedBytes(credential), signature)
    );
  }
  return (
    producerFault(credential) === undefined &&
    key.verify(producerSignedBytes(credential), signature)
  );
}

/**
 * Takes as long as the verification of a credential. A gate calls it for what is not a credential,
 * so that a peer cannot tell by the time how far its request came.
 */
export function spendVerification(rootPubkey: string): void {
  trustedRoot(rootPubkey).verify(NO_BYTES, NO_SIGNATURE);
}

/**
 * Returns the trusted root key in lower case. Throws {@link AdmissionError} `"option"` for a text
 * that is not a public key: also for a point off the curve, of small order or not canonical.
 */
export function checkRootPubkey(rootPubkey: string): string {
  const lower = typeof rootPubkey === "string" ? rootPubkey.toLowerCase() : "";
  if (strictKeyOf(lower) !== undefined) return lower;
  throw wrongOption("rootPubkey", "an ed25519 public key, 64 hex characters", rootPubkey);
}

const NO_BYTES = new Uint8Array(128);
/** Well-formed, so that OpenSSL does all its work before it refuses. */
const NO_SIGNATURE = new Uint8Array(64);

function trustedRoot(rootPubkey: string): StrictKey {
  const key = strictKeyOf(checkRootPubkey(rootPubkey));
  if (key === undefined) throw wrongOption("rootPubkey", "a public key", rootPubkey);
  return key;
}

function verify(
  credential: ConsumerEnrollmentCredential | EnrollmentCredential,
  options: VerifyCredentialOptions,
  fault: string | undefined,
  signedBytes: () => Uint8Array,
): void {
  const { rootPubkey, endpointId, nowMs = Date.now() } = options;
  const readable = fault === undefined && isHex(credential.signature, 64);
  const signed = trustedRoot(rootPubkey).verify(
    readable ? signedBytes() : NO_BYTES,
    readable ? hexToBytes(credential.signature) : NO_SIGNATURE,
  );
  if (credential?.rootPubkey !== rootPubkey.toLowerCase()) {
    throw denied("wrong-root", "another root key than the trusted one signed the credential");
  }
  if (fault !== undefined) throw denied("structure", `the credential is not valid: ${fault}`);
  if (!readable || !signed) throw denied("signature", "the signature does not fit the credential");
  if (!(credential.expiresAt > nowMs / 1_000)) {
    throw denied("expired", `the credential expired at ${dateOf(credential.expiresAt)}`);
  }
  if (endpointId === undefined || credential.endpointId === undefined) return;
  if (credential.endpointId === endpointId) return;
  throw denied("endpoint", `the credential is bound to the endpoint ${credential.endpointId}`);
}

function denied(code: DenialCause, message: string): CredentialError {
  return new CredentialError(code, message);
}

function dateOf(epochSeconds: number): string {
  // beyond the range of Date
  return epochSeconds > 8.64e12
    ? String(epochSeconds)
    : new Date(epochSeconds * 1_000).toISOString();
}
