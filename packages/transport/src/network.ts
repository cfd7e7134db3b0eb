import type { NativeNodeInit } from "@aster/native";
import { isRelayUrl } from "./address/address.ts";
import { parseSocketAddress } from "./address/socket-address.ts";
import { TransportError } from "./error.ts";
import { wrongOption } from "./option.ts";

/**
 * The means to find and reach peers that no direct address leads to.
 *
 * - `"n0"`: the public relays and discovery of number 0 (default)
 * - `"staging"`: the same with their relays for tests
 * - `"none"`: none; peers are dialed by address
 * - {@link OwnNetwork}: own relays and own discovery, and nothing else
 *
 * The environment variable `ASTER_RELAY_MODE=disabled` turns every choice into `"none"`.
 */
export type Network = "n0" | "staging" | "none" | OwnNetwork;

/** Relays and discovery of your own. At least one of `relays`, `pkarr` and `dnsOrigin` is set. */
export interface OwnNetwork {
  /** The http or https URLs of the relays. Default: none. */
  readonly relays?: readonly string[] | undefined;
  /**
   * The URL of a pkarr server, such as `https://dns.example.org/pkarr`. The node publishes all its
   * addresses there, signed and by its id, and looks peers up. Default: none.
   */
  readonly pkarr?: string | undefined;
  /**
   * The domain below which a DNS server has the addresses of peers, such as `dns.example.org`: TXT
   * records of `_iroh.ID.DOMAIN`, with the id in z-base-32. Default: none.
   */
  readonly dnsOrigin?: string | undefined;
  /** The `ip:port` of the DNS server for `dnsOrigin`. Default: those of the system. */
  readonly nameserver?: string | undefined;
}

const NETWORKS: ReadonlySet<string> = new Set(["n0", "staging", "none"]);
/** At most this many characters have room in a name of DNS beside that of a peer. */
const MAX_ORIGIN_CHARS = 180;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

type NetworkInit = Pick<
  NativeNodeInit,
  "network" | "relays" | "pkarr" | "dnsOrigin" | "nameserver"
>;

/** Returns the options of the native node. Throws {@link TransportError} `"option"`. */
export function networkInit(network: Network): NetworkInit {
  if (typeof network === "string") {
    if (!NETWORKS.has(network)) throw wrongNetwork(network);
    return { network: relaysDisabled() ? "none" : network };
  }
  if (typeof network !== "object" || network === null) throw wrongNetwork(network);
  const own = ownInit(network);
  return relaysDisabled() ? { network: "none" } : own;
}

/** Returns whether `ASTER_RELAY_MODE` turns relays and discovery off. */
export function relaysDisabled(): boolean {
  return process.env.ASTER_RELAY_MODE === "disabled";
}

function ownInit({ relays, pkarr, dnsOrigin, nameserver }: OwnNetwork): NetworkInit {
  if (relays === undefined && pkarr === undefined && dnsOrigin === undefined) {
    throw wrongOption("network", "an object with relays, pkarr or dnsOrigin", {});
  }
  if (relays !== undefined && !Array.isArray(relays)) {
    throw wrongOption("network.relays", "a list of http or https URLs", relays);
  }
  const wrong = relays?.find((relay) => typeof relay !== "string" || !isRelayUrl(relay));
  if (wrong !== undefined) throw wrongOption("network.relays", "http or https URLs", wrong);
  if (pkarr !== undefined && !(typeof pkarr === "string" && isRelayUrl(pkarr))) {
    throw wrongOption("network.pkarr", "an http or https URL", pkarr);
  }
  if (dnsOrigin !== undefined && !isDomain(dnsOrigin)) {
    throw wrongOption("network.dnsOrigin", "a domain such as dns.example.org", dnsOrigin);
  }
  if (nameserver !== undefined && !isSocketAddress(nameserver)) {
    throw wrongOption("network.nameserver", "ip:port or [ipv6]:port", nameserver);
  }
  if (nameserver !== undefined && dnsOrigin === undefined) {
    throw new TransportError("option", "option network.nameserver needs network.dnsOrigin");
  }
  return {
    network: "relays",
    ...(relays === undefined ? {} : { relays: [...relays] }),
    ...(pkarr === undefined ? {} : { pkarr }),
    ...(dnsOrigin === undefined ? {} : { dnsOrigin }),
    ...(nameserver === undefined ? {} : { nameserver }),
  };
}

function isDomain(text: unknown): boolean {
  if (typeof text !== "string" || text.length > MAX_ORIGIN_CHARS) return false;
  return text
    .replace(/\.$/, "")
    .split(".")
    .every((label) => LABEL.test(label));
}

function isSocketAddress(text: unknown): boolean {
  return typeof text === "string" && parseSocketAddress(text) !== undefined;
}

function wrongNetwork(got: unknown): TransportError {
  return wrongOption("network", '"n0", "staging", "none" or { relays }', got);
}
