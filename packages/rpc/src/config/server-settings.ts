import type { AsterServerOptions } from "../aster-server-options.ts";
import type { HealthAddress } from "../health/health-endpoint.ts";
import { withoutUndefined } from "../option-check.ts";
import type { ReadMeshOptions } from "../peer/server-mesh.ts";
import type { AsterConfig } from "./aster-config.ts";
import { configOf } from "./config-choice.ts";
import { warnerOf } from "./config-warnings.ts";
import { type ChosenIdentity, identityOf } from "./identity-choice.ts";
import { logOf } from "./log-setting.ts";
import { meshSettings } from "./mesh-settings.ts";
import { nodeSettings } from "./node-settings.ts";
import { type RootKey, rootKeyOf, sameRootKey } from "./root-key.ts";
import { trustSettings } from "./trust-settings.ts";

const MS_PER_S = 1_000;

/** The options of a server with the values of its files. */
export interface ServerSettings extends AsterServerOptions {
  readonly mesh?: ReadMeshOptions | undefined;
}

/**
 * Lays the options of a server over its configuration and its identity file. Rejects with
 * INVALID_ARGUMENT for a bad value in them.
 */
export async function serverSettings(options: AsterServerOptions): Promise<ServerSettings> {
  const config = configOf(options);
  const identity = await identityOf(options, config, "producer");
  const root = rootOf(options, await rootKeyOf(config), identity);
  const ttlS = config.get("peerTtlS");
  const warn = warnerOf(options.log, config);
  const { mesh, ...others } = options;
  return {
    ...others,
    ...withoutUndefined({
      ...nodeSettings(options, config, identity?.secretKey),
      ...trustSettings(options, config, root, warn),
      mesh: await meshSettings(mesh, config, identity, warn),
      log: logOf(options.log, config),
      healthPort: options.healthPort ?? healthOf(config),
      peerTtlMs: options.peerTtlMs ?? (ttlS === undefined ? undefined : ttlS * MS_PER_S),
      admissionTimeoutMs: options.admissionTimeoutMs ?? config.get("hookTimeoutMs"),
    }),
  };
}

/**
 * The root key: the option, else that of the configuration and the identity file. Throws when the
 * identity file has another one than the others.
 */
function rootOf(
  { rootPubkey }: AsterServerOptions,
  configured: RootKey | undefined,
  identity: ChosenIdentity | undefined,
): RootKey | undefined {
  const own =
    rootPubkey === undefined
      ? configured
      : { pubkey: String(rootPubkey).toLowerCase(), origin: "option rootPubkey" };
  if (identity?.entry === undefined) return own;
  const { entry, path } = identity;
  const origin = `the entry "${entry.name}" of ${path}`;
  return sameRootKey(own, { pubkey: entry.credential.rootPubkey, origin });
}

function healthOf(config: AsterConfig): HealthAddress | undefined {
  const port = config.get("healthPort") ?? 0;
  return port === 0 ? undefined : { port, host: config.get("healthHost") };
}
