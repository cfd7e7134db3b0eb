import type { SettingName, SettingValue } from "./config-values.ts";
import {
  address,
  choice,
  flag,
  integer,
  logLevel,
  logSwitch,
  name,
  names,
  path,
  publicKey,
  type SettingKind,
  seconds,
  secretKey,
  secretText,
  socketAddress,
  url,
  urls,
} from "./setting-kind.ts";

/** One value of a configuration: its places, its check and its default. */
export interface Setting<T = unknown> {
  /** The table of `aster.toml`. */
  readonly section: string;
  /** The key in this table. */
  readonly key: string;
  /** The environment variable. */
  readonly variable: string;
  /** Another name of the variable. */
  readonly alias?: string;
  readonly kind: SettingKind<T>;
  /** The default as text; empty for none. */
  readonly fallback: string;
  /** An empty variable counts as one that is not set. Otherwise it is an error. */
  readonly mayBeEmpty?: boolean;
  /** The values that have no effect, and the reason. */
  readonly ignored?: { when(value: unknown): boolean; readonly because: string };
}

type Extra = Pick<Setting, "alias" | "mayBeEmpty" | "ignored">;

function setting<T>(
  place: string,
  variable: string,
  kind: SettingKind<T>,
  fallback: string,
  extra: Extra = {},
): Setting<T> {
  const [section = "", key = ""] = place.split(".");
  return { section, key, variable, kind, fallback, ...extra };
}

const optional: Extra = { mayBeEmpty: true };
const isFalse = (value: unknown): boolean => value === false;
const milliseconds = integer(1, 2 ** 31 - 1);
const port = integer(0, 65_535);

type Settings = {
  readonly [K in SettingName]-?: Setting<NonNullable<SettingValue<K>>>;
};

/** Every value of a configuration, in the order in which it is shown. */
export const settings: Settings = {
  rootPubkey: setting("trust.root_pubkey", "ASTER_ROOT_PUBKEY", publicKey, ""),
  rootPubkeyFile: setting("trust.root_pubkey_file", "ASTER_ROOT_PUBKEY_FILE", path, ""),
  enrollmentCredential: setting(
    "trust.enrollment_credential",
    "ASTER_ENROLLMENT_CREDENTIAL",
    path,
    "",
  ),
  enrollmentCredentialIid: setting(
    "trust.enrollment_credential_iid",
    "ASTER_ENROLLMENT_CREDENTIAL_IID",
    secretText,
    "",
  ),
  identityFile: setting("trust.identity_file", "ASTER_IDENTITY_FILE", path, "./.aster-identity"),
  allowAllConsumers: setting(
    "trust.allow_all_consumers",
    "ASTER_ALLOW_ALL_CONSUMERS",
    flag,
    "false",
  ),
  allowAllProducers: setting(
    "trust.allow_all_producers",
    "ASTER_ALLOW_ALL_PRODUCERS",
    flag,
    "true",
    { ignored: { when: Boolean, because: "producers always need a credential" } },
  ),
  peerTtlS: setting("trust.peer_ttl_s", "ASTER_PEER_TTL_S", seconds, "86400"),
  endpointAddr: setting("connect.endpoint_addr", "ASTER_ENDPOINT_ADDR", address, ""),
  storagePath: setting("storage.path", "ASTER_STORAGE_PATH", path, "in memory", optional),
  secretKey: setting("network.secret_key", "ASTER_SECRET_KEY", secretKey, "random", optional),
  relayMode: setting(
    "network.relay_mode",
    "ASTER_RELAY_MODE",
    choice("default", "disabled", "staging", "custom"),
    "default",
    optional,
  ),
  relayUrls: setting("network.relay_urls", "ASTER_RELAY_URLS", urls, "", optional),
  bindAddr: setting(
    "network.bind_addr",
    "ASTER_BIND_ADDR",
    socketAddress,
    "any port on all interfaces",
    optional,
  ),
  enableMonitoring: setting("network.enable_monitoring", "ASTER_ENABLE_MONITORING", flag, "true", {
    ignored: { when: isFalse, because: "stats() always counts" },
  }),
  enableHooks: setting("network.enable_hooks", "ASTER_ENABLE_HOOKS", flag, "true", {
    ignored: { when: isFalse, because: "the gate before connections always works" },
  }),
  hookTimeoutMs: setting("network.hook_timeout_ms", "ASTER_HOOK_TIMEOUT_MS", milliseconds, "10000"),
  clearIpTransports: setting(
    "network.clear_ip_transports",
    "ASTER_CLEAR_IP_TRANSPORTS",
    flag,
    "false",
  ),
  clearRelayTransports: setting(
    "network.clear_relay_transports",
    "ASTER_CLEAR_RELAY_TRANSPORTS",
    flag,
    "false",
  ),
  portmapperConfig: setting(
    "network.portmapper_config",
    "ASTER_PORTMAPPER_CONFIG",
    choice("enabled", "disabled"),
    "enabled",
    optional,
  ),
  proxyUrl: setting("network.proxy_url", "ASTER_PROXY_URL", url, "", optional),
  proxyFromEnv: setting("network.proxy_from_env", "ASTER_PROXY_FROM_ENV", flag, "false"),
  localDiscovery: setting("network.local_discovery", "ASTER_LOCAL_DISCOVERY", flag, "false"),
  alpns: setting("network.alpns", "ASTER_ALPNS", names, "", {
    ...optional,
    ignored: { when: () => true, because: "servers and clients have the protocols of Aster" },
  }),
  logFormat: setting("logging.format", "ASTER_LOG_FORMAT", choice("json", "text"), "text"),
  logLevel: setting("logging.level", "ASTER_LOG_LEVEL", logLevel, "info"),
  logAreas: setting("logging.areas", "ASTER_LOG", logSwitch, "", optional),
  logMask: setting("logging.mask", "ASTER_LOG_MASK", flag, "true"),
  healthPort: setting("health.port", "ASTER_HEALTH_PORT", port, "0"),
  healthHost: setting("health.host", "ASTER_HEALTH_HOST", name, "127.0.0.1", optional),
  enrollment: setting("mesh.enrollment", "ASTER_ENROLLMENT", path, "", optional),
  meshBootstrap: setting("mesh.bootstrap", "ASTER_MESH_BOOTSTRAP", names, "", optional),
  meshStateDir: setting("mesh.state_dir", "ASTER_MESH_STATE_DIR", path, "in memory", optional),
  clockDriftToleranceMs: setting(
    "mesh.clock_drift_tolerance_ms",
    "ASTER_CLOCK_DRIFT_TOLERANCE_MS",
    milliseconds,
    "5000",
    optional,
  ),
  replayWindowMs: setting(
    "mesh.replay_window_ms",
    "ASTER_REPLAY_WINDOW_MS",
    milliseconds,
    "30000",
    optional,
  ),
  gracePeriodMs: setting(
    "mesh.grace_period_ms",
    "ASTER_GRACE_PERIOD_MS",
    milliseconds,
    "60000",
    optional,
  ),
  serviceAddress: setting("service.address", "ASTER_SERVICE_ADDRESS", address, "", {
    ...optional,
    alias: "ASTER_SERVICE_ADDR",
  }),
};

/** The names and descriptions of all settings, in order. */
export const settingList: readonly (readonly [SettingName, Setting])[] = Object.entries(
  settings,
) as [SettingName, Setting][];
