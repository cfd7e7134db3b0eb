import type { EntryValue } from "../entries/entry-value.ts";
import type { RegistryKey } from "../entries/keys.ts";
import { type EndpointLease, isFresh, LEASE_CLOCK_SKEW_MS } from "../entries/lease.ts";
import type { DocumentEntry } from "./document.ts";

/** The entry of one author, with its checked value. */
export interface Version {
  readonly entry: DocumentEntry;
  readonly value: EntryValue;
}

/** A key of the document and the versions of its authors. */
export interface Slot {
  readonly key: RegistryKey;
  readonly text: string;
  readonly versions: Map<string, Version>;
  /** The version that counted when watchers were last notified. */
  shown: Version | undefined;
}

const NEWEST_TIMESTAMP_US = Number.MAX_SAFE_INTEGER;

/** Returns `true` if an entry replaces another one, as in the document itself. */
export function isNewer(entry: DocumentEntry, other: DocumentEntry): boolean {
  if (entry.timestampUs !== other.timestampUs) return entry.timestampUs > other.timestampUs;
  return entry.hash > other.hash;
}

/**
 * Returns the newest version of a trusted author. Leases that are dated ahead do not count, so that
 * a writer with a wrong clock cannot hide the others for long.
 */
export function newestVersion(
  slot: Slot,
  isTrusted: (author: string) => boolean,
  nowMs: number,
): Version | undefined {
  const isLease = slot.key.kind === "lease";
  const latestMs = nowMs + LEASE_CLOCK_SKEW_MS;
  const latestUs = isLease ? latestMs * 1_000 : NEWEST_TIMESTAMP_US;
  let newest: Version | undefined;
  for (const version of slot.versions.values()) {
    if (!isTrusted(version.entry.author) || version.entry.timestampUs > latestUs) continue;
    const { value } = version;
    if (value.kind === "lease" && value.lease && value.lease.updatedAtEpochMs > latestMs) continue;
    if (newest === undefined || isNewer(version.entry, newest.entry)) newest = version;
  }
  return newest;
}

/** Returns the lease of a version, unless it is withdrawn or its term is over. */
export function freshLease(version: Version | undefined, nowMs: number): EndpointLease | undefined {
  if (version?.value.kind !== "lease") return undefined;
  const { lease } = version.value;
  return lease !== undefined && isFresh(lease, nowMs) ? lease : undefined;
}
