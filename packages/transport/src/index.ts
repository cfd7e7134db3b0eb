// Nodes, over QUIC and within one process.

export type { AllowList, ClosedGateOptions, RefusedConnections } from "./allow-list.ts";
export type { LinkedProtocol, NodeOptions, Paths, StorageOptions } from "./create-node.ts";
export { createNode } from "./create-node.ts";
export { endpointIdOf, generateSecretKey } from "./keys.ts";
export type { InProcessConnection, InProcessOptions } from "./memory/in-process.ts";
export { inProcessConnection } from "./memory/in-process.ts";
export type { MemoryNetwork, MemoryNodeOptions } from "./memory/network.ts";
export { memoryNetwork } from "./memory/network.ts";
export type { Network, OwnNetwork } from "./network.ts";
export type { ConnectOptions, Gate, GateQuestion, Node, NodeStats } from "./node.ts";

// Addresses.

export { formatAddress, parseAddress } from "./address/address.ts";
export type { EndpointAddress, EndpointId } from "./address/endpoint.ts";
export type { Ticket, TicketCredential, TicketCredentialType } from "./address/ticket.ts";
export { formatTicket, parseTicket, ticketFor } from "./address/ticket-text.ts";

// Errors.

export type { TransportErrorCode, TransportErrorOptions } from "./error.ts";
export { TransportError } from "./error.ts";

// For protocols on channels.

export type { Channel, ChannelSink } from "./channel.ts";
export { ResetCode } from "./channel.ts";
export type { BufferObserver, Connection, ConnectionStats, PathStats } from "./connection.ts";
export { LONGEST_TIMER_MS } from "./defaults.ts";
export {
  encodeFrame,
  FRAME_OVERHEAD_BYTES,
  FrameFlag,
  FrameSplitter,
  MAX_FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
} from "./frame.ts";
