import type { Network, OwnNetwork, Paths } from "@aster/transport";
import { invalidSetting, withoutUndefined } from "../option-check.ts";
import { isNode, type NodeChoice } from "../peer/own-node.ts";
import type { AsterConfig } from "./aster-config.ts";
import { optionOf } from "./config-entry.ts";
import type { SettingName } from "./config-values.ts";
import { settings } from "./settings.ts";

/** The settings of own relays and discovery. */
const OWN = ["relayUrls", "pkarrUrl", "dnsOrigin", "dnsServer"] as const;

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
  return {
    secretKey: choice.secretKey ?? config.get("secretKey")?.expose() ?? identityKey,
    bindAddress: choice.bindAddress ?? config.get("bindAddr"),
    network: choice.network ?? networkOf(config),
    paths: choice.paths ?? pathsOf(config),
    portMapping: choice.portMapping ?? portMappingOf(config),
    proxy: choice.proxy ?? proxyOf(config),
    localDiscovery: choice.localDiscovery ?? config.get("localDiscovery"),
  };
}

function networkOf(config: AsterConfig): Network | undefined {
  const mode = config.get("relayMode");
  if (mode === "disabled") return "none";
  const own = ownNetwork(config);
  const [first] = OWN.filter((name) => config.get(name) !== undefined);
  if (first === undefined) {
    if (mode === "custom") {
      throw contradiction(config, "relayMode", "custom needs relay_urls, pkarr_url or dns_origin");
    }
    return mode === "default" ? "n0" : mode;
  }
  if (mode !== undefined && mode !== "custom") {
    throw contradiction(config, first, `needs relay_mode custom, not ${mode}`);
  }
  if (own.nameserver !== undefined && own.dnsOrigin === undefined) {
    throw contradiction(config, "dnsServer", "needs dns_origin");
  }
  return withoutUndefined(own);
}

function ownNetwork(config: AsterConfig): OwnNetwork {
  return {
    relays: config.get("relayUrls"),
    pkarr: config.get("pkarrUrl"),
    dnsOrigin: config.get("dnsOrigin"),
    nameserver: config.get("dnsServer"),
  };
}

function pathsOf(config: AsterConfig): Paths | undefined {
  const onlyRelays = config.get("clearIpTransports");
  const onlyDirect = config.get("clearRelayTransports");
  if (onlyRelays && onlyDirect) {
    const problem = `${config.originOf("clearRelayTransports")} is set, too: no transport is left`;
    throw contradiction(config, "clearIpTransports", problem);
  }
  if (onlyRelays) return "relayed";
  return onlyDirect ? "direct" : undefined;
}

function portMappingOf(config: AsterConfig): boolean | undefined {
  const choice = config.get("portmapperConfig");
  return choice === undefined ? undefined : choice === "enabled";
}

function proxyOf(config: AsterConfig): string | undefined {
  return config.get("proxyUrl") ?? (config.get("proxyFromEnv") ? "environment" : undefined);
}

function contradiction(config: AsterConfig, name: SettingName, problem: string): Error {
  return invalidSetting(optionOf(settings[name]), `${config.originOf(name)}: ${problem}`);
}
