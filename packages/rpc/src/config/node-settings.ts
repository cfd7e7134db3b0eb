import type { Network } from "@aster/transport";
import { invalidSetting } from "../option-check.ts";
import { isNode, type NodeChoice } from "../peer/own-node.ts";
import type { AsterConfig } from "./aster-config.ts";
import { optionOf } from "./config-entry.ts";
import type { SettingName } from "./config-values.ts";
import { settings } from "./settings.ts";

/**
 * The options of a new node: those that were given, else those of the configuration. `identityKey`
 * is the secret key of the identity file. Empty for a node that is open already.
 *
 * Throws INVALID_ARGUMENT for settings that contradict each other.
 */
export function nodeSettings(
  choice: NodeChoice,
  config: AsterConfig,
  identityKey?: Uint8Array,
): NodeChoice {
  if (choice.node !== undefined && isNode(choice.node)) return {};
  refuseUnsupported(config);
  return {
    secretKey: choice.secretKey ?? config.get("secretKey")?.expose() ?? identityKey,
    bindAddress: choice.bindAddress ?? config.get("bindAddr"),
    network: choice.network ?? networkOf(config),
  };
}

function networkOf(config: AsterConfig): Network | undefined {
  const mode = config.get("relayMode");
  const relays = config.get("relayUrls");
  if (mode === "disabled") return "none";
  if (relays === undefined) {
    if (mode === "custom") throw contradiction(config, "relayMode", "custom needs relay_urls");
    return mode === undefined ? undefined : "n0";
  }
  if (mode === undefined || mode === "custom") return { relays };
  throw contradiction(config, "relayUrls", `needs relay_mode custom, not ${mode}`);
}

/** Throws INVALID_ARGUMENT for a value that the native module cannot serve. */
function refuseUnsupported(config: AsterConfig): void {
  const wanted: readonly (readonly [SettingName, boolean])[] = [
    ["relayMode", config.get("relayMode") === "staging"],
    ["clearIpTransports", config.get("clearIpTransports") === true],
    ["clearRelayTransports", config.get("clearRelayTransports") === true],
    ["portmapperConfig", config.get("portmapperConfig") === "disabled"],
    ["proxyUrl", config.get("proxyUrl") !== undefined],
    ["proxyFromEnv", config.get("proxyFromEnv") === true],
    ["localDiscovery", config.get("localDiscovery") === true],
  ];
  const first = wanted.find(([, isWanted]) => isWanted);
  if (first !== undefined) throw contradiction(config, first[0], "this build does not support it");
}

function contradiction(config: AsterConfig, name: SettingName, problem: string): Error {
  return invalidSetting(optionOf(settings[name]), `${config.originOf(name)}: ${problem}`);
}
