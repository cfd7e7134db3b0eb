// Options of clients and sessions, and clients on a connection that the program opened itself.

export type { CompressionSetting } from "@aster/contract";
export type { ModeChoice } from "./client/choose-mode.ts";
export type { ServiceReference, SessionReference, SharedReference } from "./client/client.ts";
export type { ClientOptions, RowViews } from "./client/create-client.ts";
export { createClient } from "./client/create-client.ts";
export type {
  ClientCloseOptions,
  ClientState,
  ProxyOptions,
  ServiceClientOptions,
  ServiceSessionOptions,
  SessionProxyOptions,
} from "./client-options.ts";
export type { ConnectionHandler, LocalClientOptions, LocalSessionOptions } from "./local/local.ts";
export type { JsonRequest, JsonValue } from "./message/json-codec.ts";
export type { MetadataInit } from "./metadata.ts";
export type { Credential, CredentialOption } from "./peer/credential-source.ts";
export type { NodeChoice } from "./peer/own-node.ts";
export type { ManifestValue } from "./proxy/manifest-proxy.ts";
export type { ProxyCallOptions, ProxyRequests } from "./proxy/service-proxy.ts";
export type { ReconnectOptions } from "./reconnect/backoff.ts";
export type { PeerRetryOptions, RetryChoice, RetryOptions } from "./retry/retry-options.ts";
export type { SessionOptions } from "./session/create-session.ts";
export { createSession } from "./session/create-session.ts";
