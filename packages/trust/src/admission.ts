// Admission on connections of your own, and the messages of it.

export type { AdmissionClientOptions } from "./admission/admission-client.ts";
export type { AdmissionRequest } from "./admission/admission-request.ts";
export { encodeAdmissionRequest, parseAdmissionRequest } from "./admission/admission-request.ts";
export type { AdmissionResponse } from "./admission/admission-response.ts";
export { encodeAdmissionResponse, parseAdmissionResponse } from "./admission/admission-response.ts";
export type {
  AdmissionExchange,
  AdmissionServerOptions,
  GatedAdmissionOptions,
} from "./admission/admission-server.ts";
export type { ProducerAdmissionResponse } from "./admission/producer-admission-response.ts";
export type { MeshListener, ProducerMeshOptions } from "./admission/producer-mesh.ts";
export { gossipTopicOf, ProducerMesh } from "./admission/producer-mesh.ts";
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
