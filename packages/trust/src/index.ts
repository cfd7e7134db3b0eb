export type { AdmissionErrorCode } from "./error.ts";
export { AdmissionError } from "./error.ts";
export type { AdmissionDecision, AdmissionGate } from "./gate.ts";
export type { OpenGateOptions } from "./open-gate.ts";
export { openGate } from "./open-gate.ts";
export type { PeerAdmission, PeerRecord, PeerStoreOptions } from "./peer-store.ts";
export { PeerStore } from "./peer-store.ts";
export { ROLE_ATTRIBUTE, rolesOf } from "./roles.ts";

// For those who carry admission over connections of their own, or write gates.

export type { AdmissionRequest } from "./admission-request.ts";
export { encodeAdmissionRequest, parseAdmissionRequest } from "./admission-request.ts";
export type { AdmissionResponse, AdmittedService } from "./admission-response.ts";
export { encodeAdmissionResponse, parseAdmissionResponse } from "./admission-response.ts";
export { CONSUMER_ADMISSION_ALPN, PRODUCER_ADMISSION_ALPN } from "./alpn.ts";
export type { AdmissionLimits } from "./limits.ts";
export { admissionLimits } from "./limits.ts";
export type { RequestAdmissionOptions } from "./request-admission.ts";
export { requestAdmission } from "./request-admission.ts";
export type { AdmissionOffer, AdmissionOutcome, ServeAdmissionOptions } from "./serve-admission.ts";
export { serveAdmission } from "./serve-admission.ts";

// For those who read and write other JSON that peers exchange.

export { asciiJson } from "./ascii-json.ts";
export type { JsonBounds } from "./bounded-json.ts";
export { parseBoundedJson } from "./bounded-json.ts";
