// The mesh of producers: its members, their messages and the list of revoked endpoints.

export { joinMesh } from "./mesh/join-mesh.ts";
export type { MeshStats } from "./mesh/mesh-member.ts";
export { MeshMember } from "./mesh/mesh-member.ts";
export type { JoinMeshOptions, MeshClockOptions } from "./mesh/mesh-options.ts";
export type { IgnoredMessage } from "./mesh/message-judge.ts";
export type { ProducerMessage } from "./mesh/producer-message.ts";
export {
  encodeProducerMessage,
  isSignedBySender,
  ProducerMessageType,
  parseProducerMessage,
  signProducerMessage,
} from "./mesh/producer-message.ts";
export type { ContractNotice, LeaseNotice, ProducerNotice } from "./mesh/producer-notice.ts";
export { encodeNotice, parseNotice } from "./mesh/producer-notice.ts";
export { REVOCATIONS_ALPN } from "./protocol.ts";
