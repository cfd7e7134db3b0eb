import type { Secret } from "@aster/trust";
import type { LogLevel } from "../log/log-record.ts";

/**
 * The values of a configuration. docs/guide/configuration.md lists the key in `aster.toml`, the
 * variable, the default and the effect of each.
 */
export interface AsterConfigValues {
  /** The root key of the deployment, 64 hex characters. It closes the gate of servers. */
  readonly rootPubkey?: string | undefined;
  /** A file with the root key: 64 hex characters, or JSON with `public_key`. */
  readonly rootPubkeyFile?: string | undefined;
  /** The credential of clients: a JSON file, or an identity file with a consumer entry. */
  readonly enrollmentCredential?: string | undefined;
  /** A cloud instance identity token, which clients present with the credential. */
  readonly enrollmentCredentialIid?: string | undefined;
  /** The identity file. Default: `.aster-identity` in the working directory, if it is there. */
  readonly identityFile?: string | undefined;
  /** Allows an open gate in production. It never opens a gate where a root key is set. */
  readonly allowAllConsumers?: boolean | undefined;
  /**
   * False needs a root key. With a root key a server admits producers with a credential, without
   * one none, whatever the value.
   */
  readonly allowAllProducers?: boolean | undefined;
  /** The longest term of an admission in seconds. */
  readonly peerTtlS?: number | undefined;
  /** The address that `AsterClient.connect()` dials. */
  readonly endpointAddr?: string | undefined;
  /** The folder of a server for the one-time tokens that were used. */
  readonly storagePath?: string | undefined;
  /** The secret key of the node: 32 bytes. A configuration keeps it as a `Secret`. */
  readonly secretKey?: Secret | Uint8Array | undefined;
  readonly relayMode?: "default" | "disabled" | "staging" | "custom" | undefined;
  /** The relays of the mode `custom`. */
  readonly relayUrls?: readonly string[] | undefined;
  /** `ip:port` or `[ipv6]:port`. */
  readonly bindAddr?: string | undefined;
  /** Aster always counts: it has no effect. */
  readonly enableMonitoring?: boolean | undefined;
  /** Aster always has the gate before each connection: it has no effect. */
  readonly enableHooks?: boolean | undefined;
  /** The time of a server for one admission. */
  readonly hookTimeoutMs?: number | undefined;
  /** Uses relays only, no direct connections. */
  readonly clearIpTransports?: boolean | undefined;
  /** Uses direct connections only, no relays. */
  readonly clearRelayTransports?: boolean | undefined;
  readonly portmapperConfig?: "enabled" | "disabled" | undefined;
  /** The HTTP proxy on the way to relays. */
  readonly proxyUrl?: string | undefined;
  /** Takes the HTTP proxy from `HTTP_PROXY` or `HTTPS_PROXY`. */
  readonly proxyFromEnv?: boolean | undefined;
  /** Finds peers in the local network by mDNS. */
  readonly localDiscovery?: boolean | undefined;
  /** ALPNs for programs that accept protocols of their own. Servers and clients ignore them. */
  readonly alpns?: readonly string[] | undefined;
  readonly logFormat?: "json" | "text" | undefined;
  readonly logLevel?: LogLevel | undefined;
  /** The level of the log, or levels of areas, such as `transport=debug,calls=info`. */
  readonly logAreas?: string | undefined;
  /** Shortens endpoint ids in logs. */
  readonly logMask?: boolean | undefined;
  /** The port of the health endpoint; 0 for none. */
  readonly healthPort?: number | undefined;
  readonly healthHost?: string | undefined;
  /** The file of the credential with which a server joins the mesh of its root key. */
  readonly enrollment?: string | undefined;
  /** The addresses of members through which a server joins the mesh. */
  readonly meshBootstrap?: readonly string[] | undefined;
  /** The folder that keeps the mesh of a server over restarts. */
  readonly meshStateDir?: string | undefined;
  /** The deviation of the clock of a member that is tolerated. */
  readonly clockDriftToleranceMs?: number | undefined;
  /** The age from which on messages of the mesh are ignored. */
  readonly replayWindowMs?: number | undefined;
  /** The time after joining in which a server judges no clock. */
  readonly gracePeriodMs?: number | undefined;
  /** The address that clients dial for `@aster`, the hosted service. */
  readonly serviceAddress?: string | undefined;
}

export type SettingName = keyof AsterConfigValues;

/** A value as a configuration returns it. */
export type SettingValue<K extends SettingName> = K extends "secretKey"
  ? Secret | undefined
  : AsterConfigValues[K];
