import { networkInterfaces } from "node:os";

const UNSPECIFIED_IPV6 = /^\[::\]:(\d+)$/;

/**
 * Returns the addresses at which a bound socket can be dialed: an unspecified IPv6 address becomes
 * those of the interfaces, loopback last. Link-local addresses are left out, because they mean
 * nothing on another machine.
 */
export function dialable(bound: string): string[] {
  const port = UNSPECIFIED_IPV6.exec(bound)?.[1];
  if (port === undefined) return [bound];
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter((one) => one.family === "IPv6" && one.scopeid === 0)
    .sort((one, other) => Number(one.internal) - Number(other.internal))
    .map(({ address }) => `[${address}]:${port}`);
}
