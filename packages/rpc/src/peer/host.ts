/** Returns the IP address of `ip:port` or `[ipv6]:port`, without a zone. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[|(?:%\d+)?\]$/g, "");
}
