import { type AdmissionGate, openGate } from "@aster/trust";
import type { AsterServerOptions } from "../aster-server-options.ts";
import type { HealthAddress } from "../health/health-endpoint.ts";
import { invalidSetting, withoutUndefined } from "../option-check.ts";
import type { AsterConfig } from "./aster-config.ts";
import { configOf } from "./config-choice.ts";
import { logOf } from "./log-setting.ts";
import { nodeSettings } from "./node-settings.ts";
import { rootKeyOf } from "./root-key.ts";

const MS_PER_S = 1_000;

/**
 * Lays the options of a server over its configuration and its identity file. Throws
 * INVALID_ARGUMENT for a bad value in them.
 */
export function serverSettings(options: AsterServerOptions): AsterServerOptions {
  const config = configOf(options);
  const ttlS = config.get("peerTtlS");
  return {
    ...options,
    ...withoutUndefined({
      ...nodeSettings(options, config),
      gate: gateOf(options.gate, config),
      log: logOf(options.log, config),
      healthPort: options.healthPort ?? healthOf(config),
      peerTtlMs: options.peerTtlMs ?? (ttlS === undefined ? undefined : ttlS * MS_PER_S),
      admissionTimeoutMs: options.admissionTimeoutMs ?? config.get("hookTimeoutMs"),
    }),
  };
}

/** The gate that the configuration asks for; `undefined` for the default. */
function gateOf(given: AdmissionGate | undefined, config: AsterConfig): AdmissionGate | undefined {
  const root = rootKeyOf(config);
  if (root !== undefined && given?.open !== false) {
    const problem =
      given === undefined ? "pass a gate that verifies credentials" : "the gate is open";
    throw invalidSetting("gate", `${root.origin} sets a root key: ${problem}`);
  }
  if (given !== undefined) return given;
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
