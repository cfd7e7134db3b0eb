/**
 * Returns the source of a connection: the IPv4 address or the IPv6 network of `ip:port`. One host
 * may have all addresses of a network. Relayed connections have the same source.
 */
export function sourceOf(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return "relay";
  const ip = remoteAddress.slice(0, remoteAddress.lastIndexOf(":"));
  return ip.startsWith("[") ? networkOf(ip.slice(1, -1)) : ip;
}

/** Returns the first 64 bits, or the IPv4 address that an IPv6 address contains. */
function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [front = [], back = []] = ip.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = new Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  return [...front, ...(ip.includes("::") ? zeros : []), ...back].slice(0, 4).join(":");
}
