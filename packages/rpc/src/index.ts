// To define services; all of it comes from the packages below.

export { bytes, wireType } from "@aster/codec";
export type {
  CallContext,
  CallMetadata,
  ErrorType,
  ErrorTypeOptions,
  ServiceDefinition,
  ServiceHandlers,
  TypedError,
} from "@aster/contract";
export {
  allOf,
  anyOf,
  bidiStream,
  clientStream,
  contractIdFromService,
  contractIdOf,
  defineService,
  errorType,
  role,
  rpc,
  SerializationMode,
  serverStream,
  service,
  unary,
} from "@aster/contract";

// To serve them.

export type { AdmissionGate, AdmittedService } from "@aster/trust";
export { openGate } from "@aster/trust";
export type { AsterServerOptions, AsterServerStats } from "./aster-server.ts";
export { AsterServer } from "./aster-server.ts";
export { currentCall } from "./context.ts";
export type { Health, HealthStatus } from "./health/health.ts";
export type { HealthAddress } from "./health/health-endpoint.ts";
export type { AdmissionStats } from "./peer/admission-counts.ts";
export type { NodeChoice } from "./peer/own-node.ts";
export type { ServerFault } from "./server/fault.ts";
export type { ServedBy, ServiceImplementation, SessionHandlers } from "./server/implement.ts";
export { implement } from "./server/implement.ts";

// To call them.

export type {
  AsterClientOptions,
  ClientCloseOptions,
  ProxyOptions,
  ServiceClientOptions,
  ServiceSessionOptions,
  SessionProxyOptions,
} from "./aster-client.ts";
export { AsterClient } from "./aster-client.ts";
export type { CallOptions } from "./client/call-options.ts";
export type {
  Client,
  ClientMethod,
  RowClient,
  RowMethod,
  ServiceReference,
  SessionService,
  SharedService,
} from "./client/client.ts";
export type { ResponseStream } from "./client/response-stream-call.ts";
export type { RpcErrorOptions } from "./error.ts";
export { RpcError } from "./error.ts";
export type { Compression } from "./message/compression.ts";
export type { JsonRequest, JsonValue } from "./message/json-codec.ts";
export type { MetadataInit } from "./metadata.ts";
export { Metadata } from "./metadata.ts";
export type {
  JsonCallOptions,
  JsonClient,
  JsonMethod,
  JsonRequests,
} from "./proxy/json-client.ts";
export type { DynamicClient, DynamicMethod, DynamicValue } from "./proxy/manifest-client.ts";
export type { ReconnectOptions } from "./reconnect/backoff.ts";
export type { ClientState } from "./reconnect/client-state.ts";
export type { DynamicSession, JsonSession, Session, SessionControl } from "./session/session.ts";
export { isStatusCode, StatusCode, statusName } from "./status.ts";

// For those who write interceptors, or wire servers and clients to connections themselves.

export type { ClientOptions, RowViews } from "./client/create-client.ts";
export { createClient } from "./client/create-client.ts";
export type { FormChoice } from "./client/message-form.ts";
export type { InterceptedCall, Interceptor, Next } from "./interceptor.ts";
export type { RpcLimits } from "./limits.ts";
export { defaultLimits } from "./limits.ts";
export type { ConnectionHandler, LocalClientOptions, LocalSessionOptions } from "./local/local.ts";
export { createLocalClient, createLocalSession } from "./local/local.ts";
export { RPC_ALPN } from "./peer/alpn.ts";
export type { DrainOptions, ServerOptions, ServerStats } from "./server/server.ts";
export { Server } from "./server/server.ts";
export type { PeerDirectory } from "./server/server-context.ts";
export type { SessionOptions } from "./session/create-session.ts";
export { createSession } from "./session/create-session.ts";
export { now } from "./time/clock.ts";

// For the declarations of programs that export definitions and clients.

export type { CapabilityRequirement, MessageSchema, MethodDefinition } from "@aster/contract";
export type { Node } from "@aster/transport";
