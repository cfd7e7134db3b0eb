import { BlockList, isIPv4 } from "node:net";
import { type EndpointAddress, parseAddress, TransportError } from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import type { AdmissionResponse } from "@aster/trust/admission";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { hostOf } from "./host.ts";

/** A dial sends packets to every address, so the peer must not choose many. */
const MOST_ADDRESSES = 8;
/** The characters of an endpoint id that error texts show. */
const SHOWN_CHARS = 16;

/** Addresses that mean something else on every machine or network. */
const localRanges: readonly BlockList[] = [
  ranges("127.0.0.0/8", "::1/128"),
  ranges("169.254.0.0/16", "fe80::/10"),
  ranges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
];

/** Addresses of no single machine, and those that contain an IPv4 address. */
const unusable: BlockList = ranges(
  "0.0.0.0/8",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "ff00::/8",
  "64:ff9b::/96",
);

/**
 * Returns the address of the node that answers the calls of an admitted client. It is the given
 * one, which has just worked, unless the offer names another node.
 *
 * Another node needs `allowRedirect`. Of its address the client uses at most 8 direct addresses,
 * loopback, link-local and private ones only if the given address has one of that kind, and a relay
 * only if the given address has the same: a peer must not make its clients send packets to hosts of
 * its choice.
 *
 * Throws FAILED_PRECONDITION, with the reason `admission.redirect`, for another node without
 * `allowRedirect`, and {@link AdmissionError} `"protocol"` for an address that cannot be read.
 */
export function callAddress(
  given: EndpointAddress | string,
  { services }: Pick<AdmissionResponse, "services">,
  allowRedirect: boolean,
): EndpointAddress {
  const own = parseAddress(given);
  const rpc = services[0]?.channels.rpc;
  if (rpc === undefined) return own;
  const offered = readOffered(rpc);
  if (offered.endpointId === own.endpointId) return own;
  if (!allowRedirect) throw redirected(own, offered);
  const { endpointId, relayUrl } = offered;
  return {
    endpointId,
    ...(relayUrl === undefined || relayUrl !== own.relayUrl ? {} : { relayUrl }),
    directAddresses: offered.directAddresses
      .filter((address) => mayDial(address, own.directAddresses))
      .slice(0, MOST_ADDRESSES),
  };
}

function readOffered(rpc: string): EndpointAddress {
  try {
    return parseAddress(rpc);
  } catch (cause) {
    if (!(cause instanceof TransportError)) throw cause;
    const text = "the peer offers its services at an address that cannot be read";
    throw new AdmissionError("protocol", text, { cause });
  }
}

function redirected(own: EndpointAddress, offered: EndpointAddress): RpcError {
  const [from, to] = [own, offered].map(({ endpointId }) => `${endpointId.slice(0, SHOWN_CHARS)}…`);
  return new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the peer ${from} offers its services at another endpoint, ${to}; ` +
      "pass allowRedirect: true if you trust it to choose the peer of your calls",
    { details: { reason: RpcReason.ADMISSION_REDIRECT, endpointId: offered.endpointId } },
  );
}

function mayDial(address: string, given: readonly string[]): boolean {
  if (isIn(unusable, address)) return false;
  const range = localRanges.find((one) => isIn(one, address));
  return range === undefined || given.some((other) => isIn(range, other));
}

/** `address` is `ip:port` or `[ipv6]:port`, as {@link parseAddress} returns it. */
function isIn(range: BlockList, address: string): boolean {
  const host = hostOf(address);
  return range.check(host, isIPv4(host) ? "ipv4" : "ipv6");
}

function ranges(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix] = subnet.split("/");
    list.addSubnet(network, Number(prefix), isIPv4(network) ? "ipv4" : "ipv6");
  }
  return list;
}
