import { join } from "node:path";
import { type AdmissionGate, fileNonceStore, openGate } from "@aster/trust";
import { invalidSetting } from "../option-check.ts";
import type { GateOptions } from "../peer/server-gate.ts";
import type { AsterConfig } from "./aster-config.ts";
import type { Warn } from "./config-warnings.ts";
import { homePath } from "./home-path.ts";
import type { RootKey } from "./root-key.ts";

/** The folder of used one-time tokens, in the folder of `storage.path`. */
const TOKENS = "tokens";

/**
 * The options of the gate: those that were given, else those of the configuration. A root key
 * closes the gate, whatever else the configuration says. Throws INVALID_ARGUMENT for values that
 * contradict each other.
 */
export function trustSettings(
  options: GateOptions,
  config: AsterConfig,
  root: RootKey | undefined,
  warn: Warn,
): GateOptions {
  const { gate, rootPubkey } = options;
  if (root === undefined) {
    checkProducers(config);
    return { gate: gate ?? gateOf(config) };
  }
  if (gate?.open) {
    throw invalidSetting("gate", `${root.origin} sets a root key: the gate cannot be open`);
  }
  if (config.get("allowAllConsumers")) {
    warn(`${config.originOf("allowAllConsumers")} has no effect, because a root key is set`);
  }
  const path = config.get("storagePath");
  const stored =
    path === undefined || gate !== undefined
      ? undefined
      : fileNonceStore(join(homePath(path), TOKENS));
  return { rootPubkey: rootPubkey ?? root.pubkey, tokens: options.tokens ?? stored };
}

/** The gate that the configuration asks for; `undefined` for the default. */
function gateOf(config: AsterConfig): AdmissionGate | undefined {
  const allowed = config.get("allowAllConsumers");
  if (allowed === undefined) return undefined;
  if (allowed) return openGate({ production: true });
  throw invalidSetting(
    "trust.allow_all_consumers",
    `${config.originOf("allowAllConsumers")} is false, and no root key is set; set ASTER_ROOT_PUBKEY_FILE, or pass a gate`,
  );
}

/** Throws when producers need a credential and no root key can verify one. */
function checkProducers(config: AsterConfig): void {
  if (config.get("allowAllProducers") !== false) return;
  throw invalidSetting(
    "trust.allow_all_producers",
    `${config.originOf("allowAllProducers")} is false, and no root key is set; set ASTER_ROOT_PUBKEY_FILE`,
  );
}
