// Services: definitions and decorators.

export { bytes, wireType } from "@aster/codec";
export type {
  CallContext,
  CapabilityRequirement,
  ContextNeeds,
  ContextValue,
  ErrorType,
  Infer,
  MessageSchema,
  MethodDefinition,
  NeedsContext,
  ServiceDefinition,
  ServiceHandlers,
  TypedError,
} from "@aster/contract";
export {
  allOf,
  anyOf,
  bidiStream,
  clientStream,
  contextValue,
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

// Servers.

export type { Node } from "@aster/transport";
export type { AdmissionGate } from "@aster/trust";
export { openGate } from "@aster/trust";
export { AsterServer } from "./aster-server.ts";
export type { AsterServerOptions } from "./aster-server-options.ts";
export { currentCall } from "./context.ts";
export type { ServerMeshOptions } from "./peer/server-mesh.ts";
export type { ServerRegistryOptions } from "./producers/server-registry.ts";
export type {
  Broadcast,
  BroadcastOptions,
  Overflow,
  SubscribeOptions,
} from "./server/broadcast.ts";
export { createBroadcast } from "./server/broadcast.ts";
export type { ServerFault } from "./server/errors.ts";
export type { HostableServices } from "./server/hostable.ts";
export type { ImplementOptions, ServiceImplementation } from "./server/implement.ts";
export { implement } from "./server/implement.ts";

export type { Subscription } from "./server/subscription.ts";

// Configuration and logs.

export type {
  AuditedAdmission,
  AuditedCall,
  AuditedConnection,
  AuditRecord,
  AuditTarget,
} from "./audit/audit-record.ts";
export { AsterConfig } from "./config/aster-config.ts";
export type { ConfigChoice } from "./config/config-choice.ts";
export type { ShownSetting } from "./config/config-text.ts";
export type { AsterConfigValues, SettingName, SettingValue } from "./config/config-values.ts";
export type { Environment } from "./config/environment.ts";
export type { LogLineOptions } from "./log/log-lines.ts";
export { jsonLog, textLog } from "./log/log-lines.ts";
export type {
  LogArea,
  LogAreas,
  LogFunction,
  LogLevel,
  LogOption,
  LogRecord,
  LogTarget,
  PinoLogger,
} from "./log/log-record.ts";

// Clients.

export { AsterClient } from "./aster-client.ts";
export type { CallOptions } from "./client/call-options.ts";
export type {
  Client,
  ClientMethod,
  RequestStreamMethod,
  RowClient,
  RowMethod,
  ServiceReference,
  SessionReference,
  SharedReference,
} from "./client/client.ts";
export type { BidiStreamCall, ClientStreamCall, RequestSender } from "./client/pushed-call.ts";
export type { ResponseStream } from "./client/response-stream.ts";
export type { AsterClientOptions, ClientState } from "./client-options.ts";
export type { ContractPolicy } from "./contract-check/contract-judge.ts";
export { createLocalClient, createLocalSession } from "./local/local.ts";
export { Metadata } from "./metadata.ts";
export type { ProducerChoice } from "./producers/producer-choice.ts";
export type { ProducerRegistry } from "./producers/producer-registry.ts";
export type { ManifestProxy, ManifestProxyMethod } from "./proxy/manifest-proxy.ts";
export { proxyMethod } from "./proxy/method-proxy.ts";
export type { ProxyMethod, ServiceProxy } from "./proxy/service-proxy.ts";
export type { ManifestSessionProxy, SessionProxy } from "./proxy/session-proxy.ts";
export type { Session, SessionControl } from "./session/session.ts";

// Errors.

export type { RpcErrorOptions } from "./error.ts";
export { RpcError } from "./error.ts";
export { RpcReason } from "./reason.ts";
export { isStatusCode, StatusCode, statusName } from "./status.ts";
