import type { SerializationMode } from "@aster/contract";
import { splitForyHeader } from "../protocol/header.ts";
import type { Route } from "./route.ts";

/** The route and mode of a header. */
export interface KnownRoute {
  readonly route: Route;
  readonly mode: SerializationMode;
}

interface Entry extends KnownRoute {
  readonly suffix: Uint8Array;
}

/**
 * Bounds the memory, of which there is twice as much. Each method needs a few entries, one per mode
 * and version that callers name.
 */
const MOST_ENTRIES = 2048;

/**
 * Finds the route of a header by its bytes, without decoding it: all calls of a method without
 * metadata differ in their deadline alone, which `splitForyHeader` has read.
 *
 * Only valid headers without metadata and call id are added. Entries that were not found since the
 * last {@link MOST_ENTRIES} additions are dropped, so that a peer with many spellings of its
 * headers does not displace those in use.
 */
export class RouteCache {
  #entries = new Map<number, Entry>();
  /** Entries that were not found since `#entries` was empty. */
  #old = new Map<number, Entry>();

  /** `undefined` for a header that has to be decoded; `suffixOffset` is that of its parts. */
  find(payload: Uint8Array, suffixOffset: number): KnownRoute | undefined {
    const key = hash(payload, suffixOffset);
    const entry = this.#entries.get(key) ?? this.#renew(key);
    return entry !== undefined && ends(payload, suffixOffset, entry.suffix) ? entry : undefined;
  }

  add(payload: Uint8Array, known: KnownRoute): void {
    const parts = splitForyHeader(payload);
    if (parts === undefined) return;
    const { suffixOffset } = parts;
    const suffix = payload.slice(suffixOffset);
    this.#keep(hash(payload, suffixOffset), { ...known, suffix });
  }

  /** Moves an entry that is in use to the new ones. */
  #renew(key: number): Entry | undefined {
    const entry = this.#old.get(key);
    if (entry === undefined) return undefined;
    this.#old.delete(key);
    this.#keep(key, entry);
    return entry;
  }

  #keep(key: number, entry: Entry): void {
    if (this.#entries.size >= MOST_ENTRIES) {
      this.#old = this.#entries;
      this.#entries = new Map();
    }
    this.#entries.set(key, entry);
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
