import type { SerializationMode } from "@aster/contract";
import { splitForyHeader } from "../protocol/header.ts";
import type { Route } from "./route.ts";

/** What a header without metadata and call id comes down to. */
export interface KnownRoute {
  readonly route: Route;
  readonly mode: SerializationMode;
}

interface Entry extends KnownRoute {
  readonly suffix: Uint8Array;
}

const MOST_ENTRIES = 4096;

/**
 * Knows headers by their bytes: all calls of a method without metadata differ in their deadline alone.
 *
 * It is filled with headers that were found good, so it holds at most a few per method.
 */
export class RouteCache {
  readonly #entries = new Map<number, Entry>();
  /** The deadline in the header that {@link RouteCache.find} was given last. */
  deadlineEpochMs = 0;

  /** `undefined` for a header that has to be decoded. */
  find(payload: Uint8Array): KnownRoute | undefined {
    const parts = splitForyHeader(payload);
    if (parts === undefined) return undefined;
    const entry = this.#entries.get(hash(payload, parts.suffixOffset));
    if (entry === undefined || !ends(payload, parts.suffixOffset, entry.suffix)) return undefined;
    this.deadlineEpochMs = parts.deadlineEpochMs;
    return entry;
  }

  learn(payload: Uint8Array, known: KnownRoute): void {
    const parts = splitForyHeader(payload);
    if (parts === undefined || this.#entries.size >= MOST_ENTRIES) return;
    const suffix = payload.slice(parts.suffixOffset);
    this.#entries.set(hash(payload, parts.suffixOffset), { ...known, suffix });
  }
}

/** FNV-1a of the bytes from `offset` on. */
function hash(bytes: Uint8Array, offset: number): number {
  let value = 0x811c9dc5;
  for (let index = offset; index < bytes.length; index++) {
    value = Math.imul(value ^ (bytes[index] as number), 0x01000193);
  }
  return value;
}

function ends(bytes: Uint8Array, offset: number, suffix: Uint8Array): boolean {
  if (bytes.length - offset !== suffix.length) return false;
  for (let index = 0; index < suffix.length; index++) {
    if (bytes[offset + index] !== suffix[index]) return false;
  }
  return true;
}
