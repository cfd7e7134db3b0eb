import { BlockList, isIPv4, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * The part of an IP address that stands for one host: an IPv4 address, or the first 64 bits of an
 * IPv6 address, because hosts choose the rest. `undefined` for loopback addresses, for no address,
 * such as that of a peer behind a relay, and for other text.
 */
export function addressKey(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const host = MAPPED.exec(address)?.[1] ?? address.replace(/%.*$/, "");
  if (isIPv4(host)) return loopback.check(host, "ipv4") ? undefined : host;
  if (!isIPv6(host) || loopback.check(host, "ipv6")) return undefined;
  return groupsOf(host).slice(0, NETWORK_GROUPS).join(":");
}

/** The groups of an IPv6 address as lower-case hex without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const split = (part: string) => (part === "" ? [] : part.split(":"));
  const [front, back] = [split(head), split(tail ?? "")];
  // an embedded IPv4 address stands for two groups, behind the network
  const width = (groups: string[]) => groups.length + (groups.at(-1)?.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? 0 : GROUPS - width(front) - width(back);
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back];
  return groups.map((group) => group.replace(/^0+(?=.)/, ""));
}
