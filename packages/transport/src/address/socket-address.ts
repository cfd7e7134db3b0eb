/** An IP address and a port. */
export interface SocketAddress {
  /** 4 bytes (IPv4) or 16 (IPv6). */
  readonly ip: Uint8Array;
  readonly port: number;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const WITH_PORT = /^(?:\[([0-9a-fA-F:.]{2,45})(?:%\d{1,10})?\]|([\d.]{7,15})):(\d{1,5})$/;

/**
 * Reads `ip:port` or `[ipv6]:port`. Returns `undefined` for anything else. A numeric IPv6 scope
 * (`%3`) is dropped.
 */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const match = WITH_PORT.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  const ip = match[1] === undefined ? parseIpv4(match[2] ?? "") : parseIpv6(match[1]);
  return ip === undefined || port > 0xffff ? undefined : { ip: Uint8Array.from(ip), port };
}

/** Writes an address as RFC 5952 requires, so that equal addresses are equal texts. */
export function formatSocketAddress({ ip, port }: SocketAddress): string {
  return ip.length === 4 ? `${ip.join(".")}:${port}` : `[${formatIpv6(ip)}]:${port}`;
}

function parseIpv4(text: string): number[] | undefined {
  const parts = IPV4.exec(text)?.slice(1);
  // Some readers take a leading zero for octal: refuse what has two meanings.
  if (parts?.every((part) => Number(part) <= 255 && String(Number(part)) === part)) {
    return parts.map(Number);
  }
  return undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const before = parseGroups(head, tail === undefined);
  const after = tail === undefined ? [] : parseGroups(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    const ipv4 = atEnd && index === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}

function formatIpv6(ip: Uint8Array): string {
  if (ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 0xff && ip[11] === 0xff) {
    return `::ffff:${ip.subarray(12).join(".")}`;
  }
  const view = new DataView(ip.buffer, ip.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2));
  const gap = longestZeroRun(groups);
  const hex = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(":");
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
