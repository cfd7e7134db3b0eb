import { type AdmissionGate, openGate } from "@aster/trust";
import type { AsterServerOptions } from "../aster-server-options.ts";
import type { HealthAddress } from "../health/health-endpoint.ts";
import { invalidSetting, withoutUndefined } from "../option-check.ts";
import type { AsterConfig } from "./aster-config.ts";
import { configOf } from "./config-choice.ts";
import { type ChosenIdentity, identityOf } from "./identity-choice.ts";
import { logOf } from "./log-setting.ts";
import { nodeSettings } from "./node-settings.ts";
import { type RootKey, rootKeyOf, sameRootKey } from "./root-key.ts";

const MS_PER_S = 1_000;

/**
 * Lays the options of a server over its configuration and its identity file. Rejects with
 * INVALID_ARGUMENT for a bad value in them.
 */
export async function serverSettings(options: AsterServerOptions): Promise<AsterServerOptions> {
  const config = configOf(options);
  const identity = await identityOf(options, config, "producer");
  const root = rootOf(await rootKeyOf(config), identity);
  const ttlS = config.get("peerTtlS");
  return {
    ...options,
    ...withoutUndefined({
      ...nodeSettings(options, config, identity?.secretKey),
      rootPubkey: options.rootPubkey ?? root?.pubkey,
      gate: gateOf(options, root, config),
      log: logOf(options.log, config),
      healthPort: options.healthPort ?? healthOf(config),
      peerTtlMs: options.peerTtlMs ?? (ttlS === undefined ? undefined : ttlS * MS_PER_S),
      admissionTimeoutMs: options.admissionTimeoutMs ?? config.get("hookTimeoutMs"),
    }),
  };
}

/** The root key of the configuration and the identity file. Throws when they differ. */
function rootOf(
  own: RootKey | undefined,
  identity: ChosenIdentity | undefined,
): RootKey | undefined {
  if (identity?.entry === undefined) return own;
  const { entry, path } = identity;
  const origin = `the entry "${entry.name}" of ${path}`;
  return sameRootKey(own, { pubkey: entry.credential.rootPubkey, origin });
}

/**
 * The gate that the configuration asks for; `undefined` for the default. A root key closes the
 * gate, whatever else the configuration says.
 */
function gateOf(
  { gate, rootPubkey }: AsterServerOptions,
  root: RootKey | undefined,
  config: AsterConfig,
): AdmissionGate | undefined {
  if (root !== undefined && gate?.open) {
    throw invalidSetting("gate", `${root.origin} sets a root key: the gate is open`);
  }
  if (gate !== undefined || root !== undefined || rootPubkey !== undefined) return gate;
  const allowed = config.get("allowAllConsumers");
  if (allowed === undefined) return undefined;
  if (allowed) return openGate({ production: true });
  throw invalidSetting(
    "trust.allow_all_consumers",
    `${config.originOf("allowAllConsumers")} is false, and no root key is set; set ASTER_ROOT_PUBKEY_FILE, or pass a gate`,
  );
}

function healthOf(config: AsterConfig): HealthAddress | undefined {
  const port = config.get("healthPort") ?? 0;
  return port === 0 ? undefined : { port, host: config.get("healthHost") };
}
