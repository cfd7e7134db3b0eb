import { isIPv4 } from "node:net";

/**
 * Hides the host in `ip:port` or `[ipv6]:port`: what is left is the IPv4 network of 24 bits, or the
 * first 48 bits of an IPv6 address, with the port.
 */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at);
  const port = address.slice(at);
  if (isIPv4(host)) return `${host.slice(0, host.lastIndexOf("."))}.x${port}`;
  const groups = host.slice(1, -1).split("::", 1)[0]?.split(":").slice(0, 3) ?? [];
  return `[${groups.join(":")}:x]${port}`;
}
