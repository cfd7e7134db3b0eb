// The options of a new node that come from a configuration.
import { AsterConfig, type AsterConfigValues, RpcError } from "@aster/rpc";
import type { NodeChoice } from "@aster/rpc/client";
import { memoryNetwork } from "@aster/transport";
import { expect, test } from "vitest";
import { nodeSettings } from "../../src/config/node-settings.ts";
import { withoutUndefined } from "../../src/option-check.ts";

const relays = ["https://relay.example"];

function settingsOf(values: AsterConfigValues, choice: NodeChoice = {}): object {
  return withoutUndefined(nodeSettings(choice, AsterConfig.of(values)));
}

test.each<[AsterConfigValues, NodeChoice]>([
  [{}, {}],
  [{ relayMode: "default" }, { network: "n0" }],
  [{ relayMode: "staging" }, { network: "staging" }],
  [{ relayMode: "disabled", relayUrls: relays }, { network: "none" }],
  [{ relayMode: "custom", relayUrls: relays }, { network: { relays } }],
  [{ relayUrls: relays }, { network: { relays } }],
  [{ pkarrUrl: "https://dns.example/pkarr" }, { network: { pkarr: "https://dns.example/pkarr" } }],
  [
    { relayMode: "custom", dnsOrigin: "dns.example", dnsServer: "127.0.0.1:53" },
    { network: { dnsOrigin: "dns.example", nameserver: "127.0.0.1:53" } },
  ],
  [{ bindAddr: "127.0.0.1:9" }, { bindAddress: "127.0.0.1:9" }],
  [{ clearIpTransports: true, clearRelayTransports: false }, { paths: "relayed" }],
  [{ clearRelayTransports: true }, { paths: "direct" }],
  [{ portmapperConfig: "disabled" }, { portMapping: false }],
  [{ portmapperConfig: "enabled" }, { portMapping: true }],
  [{ proxyUrl: "http://proxy:1", proxyFromEnv: true }, { proxy: "http://proxy:1" }],
  [{ proxyFromEnv: true }, { proxy: "environment" }],
  [{ proxyFromEnv: false }, {}],
  [{ localDiscovery: true }, { localDiscovery: true }],
  [{ secretKey: new Uint8Array(32).fill(1) }, { secretKey: new Uint8Array(32).fill(1) }],
])("%j becomes %j", (values, options) => {
  expect(settingsOf(values)).toEqual(options);
});

test("options take precedence", () => {
  const choice: NodeChoice = {
    network: "none",
    bindAddress: "127.0.0.1:1",
    paths: "any",
    portMapping: true,
    proxy: "http://a",
    localDiscovery: false,
    secretKey: new Uint8Array(32),
  };
  const values: AsterConfigValues = {
    relayMode: "staging",
    bindAddr: "127.0.0.1:2",
    clearRelayTransports: true,
    portmapperConfig: "disabled",
    proxyUrl: "http://b",
    localDiscovery: true,
    secretKey: new Uint8Array(32).fill(1),
  };
  expect(settingsOf(values, choice)).toEqual(choice);
});

test("an open node takes none", async () => {
  await using node = await memoryNetwork().createNode();
  expect(settingsOf({ clearIpTransports: true }, { node })).toEqual({});
});

test.each<[AsterConfigValues, string]>([
  [{ relayMode: "custom" }, "custom needs relay_urls, pkarr_url or dns_origin"],
  [
    { relayMode: "default", pkarrUrl: "https://dns.example" },
    "needs relay_mode custom, not default",
  ],
  [{ dnsServer: "127.0.0.1:53" }, "needs dns_origin"],
  [{ relayMode: "staging", relayUrls: relays }, "needs relay_mode custom, not staging"],
  [{ clearIpTransports: true, clearRelayTransports: true }, "no transport is left"],
])("%j is refused", (values, text) => {
  expect(() => settingsOf(values)).toThrow(RpcError);
  expect(() => settingsOf(values)).toThrow(text);
});
