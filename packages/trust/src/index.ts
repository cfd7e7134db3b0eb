// Admission gates and admitted peers.

export type { AdmissionErrorCode } from "./error.ts";
export { AdmissionError } from "./error.ts";
export type {
  AdmissionLimiter,
  AdmissionLimiterOptions,
  AdmissionRefusal,
} from "./gate/admission-limiter.ts";
export { admissionLimiter } from "./gate/admission-limiter.ts";
export type {
  CredentialGateOptions,
  InstanceClaim,
  ProducerGateOptions,
} from "./gate/credential-gate.ts";
export { credentialGate, producerGate } from "./gate/credential-gate.ts";
export type { AdmissionDecision, AdmissionGate, Admitted, NotAdmitted } from "./gate/gate.ts";
export type { OpenGateOptions } from "./gate/open-gate.ts";
export { openGate } from "./gate/open-gate.ts";
export type {
  LapseCause,
  LapseListener,
  PeerAdmission,
  PeerRecord,
  PeerStoreOptions,
} from "./peers/peer-store.ts";
export { PeerStore, ROLE_ATTRIBUTE, rolesOf } from "./peers/peer-store.ts";
export type { RevocationList, RevocationListOptions } from "./revocation/revocation-list.ts";
export {
  formatRevocationList,
  parseRevocationList,
  signRevocationList,
  verifyRevocationList,
} from "./revocation/revocation-list.ts";
export type { RevocationsOptions } from "./revocation/revocations.ts";
export { Revocations } from "./revocation/revocations.ts";
export { fileNonceStore } from "./tokens/file-nonce-store.ts";
export { memoryNonceStore } from "./tokens/memory-nonce-store.ts";
export type { NonceStore } from "./tokens/nonce-store.ts";

// Keys and credentials.

export type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "./credential/credential.ts";
export type { DenialCause } from "./credential/credential-error.ts";
export { CredentialError } from "./credential/credential-error.ts";
export { credentialIdOf } from "./credential/credential-id.ts";
export {
  formatCredential,
  formatProducerCredential,
  parseCredential,
  parseProducerCredential,
} from "./credential/credential-json.ts";
export type { ExpiryOptions } from "./credential/expiry.ts";
export type {
  CredentialAttributeOptions,
  SignCredentialOptions,
  SignProducerCredentialOptions,
} from "./credential/sign.ts";
export { signCredential, signProducerCredential } from "./credential/sign.ts";
export type {
  VerifyCredentialOptions,
  VerifyProducerCredentialOptions,
} from "./credential/verify.ts";
export {
  checkRootPubkey,
  verifyCredential,
  verifyProducerCredential,
} from "./credential/verify.ts";
export type { KeyErrorCode } from "./keys/key-error.ts";
export { KeyError } from "./keys/key-error.ts";
export type { RootKeypair } from "./keys/root-keypair.ts";
export { generateRootKeypair, rootKeypairOf } from "./keys/root-keypair.ts";
export { Secret } from "./keys/secret.ts";

// Results of admissions.

export type {
  AdmittedMethod,
  AdmittedRequirement,
  AdmittedService,
} from "./admission/admission-response.ts";
export type { AdmissionOutcome } from "./admission/admission-server.ts";
export type { RenewCredential } from "./admission/renewal.ts";
