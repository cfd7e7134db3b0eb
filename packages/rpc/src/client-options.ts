import type { CompressionSetting, Interceptor } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import { type ClientOptions, checkCallSettings } from "./client/create-client.ts";
import type { ConfigChoice } from "./config/config-choice.ts";
import { type ContractPolicy, checkContractPolicy } from "./contract-check/contract-judge.ts";
import type { RpcError } from "./error.ts";
import { limitsWith, type RpcLimitOptions } from "./limits.ts";
import type { LogOption } from "./log/log-record.ts";
import { checkCompression } from "./message/compression.ts";
import { optionError } from "./option-check.ts";
import { type CredentialOption, checkCredential } from "./peer/credential-source.ts";
import type { NodeChoice } from "./peer/own-node.ts";
import { checkReconnect, type ReconnectOptions } from "./reconnect/backoff.ts";
import type { PeerRetryOptions, RetryChoice } from "./retry/retry-options.ts";
import type { SessionOptions } from "./session/create-session.ts";

/**
 * The connection state of a client: `"connected"` (in gRPC READY), `"connecting"` (CONNECTING),
 * `"disconnected"` until a call needs the peer again (IDLE, TRANSIENT_FAILURE), `"closed"` for good
 * (SHUTDOWN).
 */
export type ClientState = "connected" | "connecting" | "disconnected" | "closed";

export interface AsterClientOptions extends NodeChoice, ConfigChoice {
  /**
   * The timeout for dialing and admission together (default: 20 s), and for calls that have none,
   * neither of their own nor of their method (default: none).
   */
  readonly timeoutMs?: number | undefined;
  /** Aborts dialing. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The credential to present: its JSON text, the object that `signCredential` returns, or a
   * function that returns one of these for each admission. The client requests admission again
   * before it ends, on the same connection; with a function, with a new credential. Default: none.
   */
  readonly credential?: CredentialOption | undefined;
  /** A cloud instance identity token, presented with the credential. Default: none. */
  readonly iidToken?: string | undefined;
  /**
   * Calls another node when the admission answer of the peer names one; `client.peer` is then that
   * node. The peer chooses it, so set it only for peers that you trust with that. Of the other
   * node's address the client dials at most 8 direct addresses, local ones only if `address` has
   * one of the same kind, and no relay but that of `address`. Default: false.
   */
  readonly allowRedirect?: boolean | undefined;
  /**
   * The retries of calls: of idempotent methods after UNAVAILABLE, and of calls that no server has
   * looked at (docs/guide/retries.md). `false` for none. Default: true.
   */
  readonly retry?: RetryChoice<PeerRetryOptions> | undefined;
  /** Interceptors of every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  readonly limits?: RpcLimitOptions | undefined;
  /**
   * The compression of the requests of services and methods without a setting of their own.
   * `false`: of no service and no method. Default: messages of more than 4096 bytes.
   */
  readonly compression?: CompressionSetting | undefined;
  /**
   * The contracts of the peer that clients, sessions and proxies with a manifest accept. A method
   * is refused if messages cannot be read (`"compatible"`), all methods if the contracts differ at
   * all (`"equal"`), none (`false`). Default: `"compatible"`.
   */
  readonly checkContract?: ContractPolicy | undefined;
  /**
   * The back-off of the dials after a lost connection. With `false` calls fail instead, until
   * `reconnectNow()`.
   */
  readonly reconnect?: ReconnectOptions | false | undefined;
  /**
   * Called when the connection is lost, dialed, made again, or closed. `error` is the reason of a
   * loss.
   */
  readonly onStateChange?: ((state: ClientState, error: RpcError | undefined) => void) | undefined;
  /** The log of the connection and its calls (docs/guide/logging.md). Default: none. */
  readonly log?: LogOption | undefined;
}

/**
 * Throws INVALID_ARGUMENT, with the reason `option.invalid`, for an option that is out of range.
 */
export function checkClientOptions(options: AsterClientOptions): void {
  const { timeoutMs, interceptors, limits, compression, reconnect, onStateChange } = options;
  const { allowRedirect, checkContract, iidToken } = options;
  checkContractPolicy(checkContract);
  checkCredential(options.credential);
  checkCallSettings({
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(interceptors === undefined ? {} : { interceptors }),
    retry: options.retry,
  });
  limitsWith(limits);
  checkCompression(compression);
  if (typeof reconnect === "object") checkReconnect(reconnect);
  else if (reconnect !== undefined && reconnect !== false) {
    throw optionError("reconnect", "an object or false", reconnect);
  }
  if (allowRedirect !== undefined && typeof allowRedirect !== "boolean") {
    throw optionError("allowRedirect", "true or false", allowRedirect);
  }
  if (onStateChange !== undefined && typeof onStateChange !== "function") {
    throw optionError("onStateChange", "a function", onStateChange);
  }
  if (iidToken !== undefined && typeof iidToken !== "string") {
    throw optionError("iidToken", "a text", undefined);
  }
}

/** The end of a client. */
export interface ClientCloseOptions {
  /** The time that running calls have to end by themselves. */
  readonly graceMs?: number | undefined;
}

export interface ServiceClientOptions
  extends Omit<ClientOptions, "limits" | "peerModes" | "retry"> {
  /** The retries of calls. Default: the option of the connection. */
  readonly retry?: RetryChoice | undefined;
  /** The contracts of the peer that are accepted. Default: the option of the connection. */
  readonly checkContract?: ContractPolicy | undefined;
}

export interface ServiceSessionOptions
  extends Omit<ServiceClientOptions, "retry">,
    Pick<SessionOptions, "cancelTimeoutMs"> {}

export interface ProxyOptions extends Omit<ServiceClientOptions, "serialization" | "profile"> {
  /**
   * The published manifest of the service. Without it, methods and patterns are not checked before
   * a call.
   */
  readonly manifest?: ContractManifest | undefined;
}

export interface SessionProxyOptions
  extends Omit<ProxyOptions, "retry">,
    Pick<SessionOptions, "cancelTimeoutMs"> {}
