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

// Admission on connections of your own.

export type { AdmissionClientOptions } from "./admission/admission-client.ts";
export type { AdmissionRequest } from "./admission/admission-request.ts";
export { encodeAdmissionRequest, parseAdmissionRequest } from "./admission/admission-request.ts";
export type {
  AdmissionResponse,
  AdmittedMethod,
  AdmittedRequirement,
  AdmittedService,
} from "./admission/admission-response.ts";
export { encodeAdmissionResponse, parseAdmissionResponse } from "./admission/admission-response.ts";
export type {
  AdmissionExchange,
  AdmissionOutcome,
  AdmissionServerOptions,
} from "./admission/admission-server.ts";
export type { ProducerAdmissionResponse } from "./admission/producer-admission-response.ts";
export type { ProducerMeshOptions } from "./admission/producer-mesh.ts";
export { gossipTopicOf, ProducerMesh } from "./admission/producer-mesh.ts";
export type { RenewCredential } from "./admission/renewal.ts";
export type { RequestAdmissionOptions } from "./admission/request-admission.ts";
export { requestAdmission } from "./admission/request-admission.ts";
export type { RequestProducerAdmissionOptions } from "./admission/request-producer-admission.ts";
export { requestProducerAdmission } from "./admission/request-producer-admission.ts";
export type { AdmissionOffer, ServeAdmissionOptions } from "./admission/serve-admission.ts";
export { serveAdmission } from "./admission/serve-admission.ts";
export type { ServeProducerAdmissionOptions } from "./admission/serve-producer-admission.ts";
export { serveProducerAdmission } from "./admission/serve-producer-admission.ts";
export type { AdmissionLimits } from "./protocol.ts";
export {
  admissionLimits,
  CONSUMER_ADMISSION_ALPN,
  PRODUCER_ADMISSION_ALPN,
} from "./protocol.ts";
