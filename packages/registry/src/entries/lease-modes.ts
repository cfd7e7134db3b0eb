import type { ServiceDefinition } from "@aster/contract";

/** The name of the mode XLANG in leases, as the Python package writes it. */
export const LEASE_XLANG = "fory-xlang";

/**
 * The modes of a service as leases name them. JSON is added for services without XLANG, so that
 * every caller finds a mode that it supports.
 */
export function leaseModesOf({ serialization }: ServiceDefinition): string[] {
  const modes = serialization.map((mode) => (mode === "xlang" ? LEASE_XLANG : mode));
  return modes.includes(LEASE_XLANG) || modes.includes("json") ? modes : [...modes, "json"];
}
