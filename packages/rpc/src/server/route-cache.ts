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
 * Bounds the memory. Each method needs a few entries, one per mode and version that callers name.
 */
const MOST_ENTRIES = 4096;

/**
 * Finds the route of a header by its bytes, without decoding it: all calls of a method without
 * metadata differ in their deadline alone, which `splitForyHeader` has read.
 *
 * Only valid headers without metadata and call id are added.
 */
export class RouteCache {
  readonly #entries = new Map<number, Entry>();

  /** `undefined` for a header that has to be decoded; `suffixOffset` is that of its parts. */
  find(payload: Uint8Array, suffixOffset: number): KnownRoute | undefined {
    const entry = this.#entries.get(hash(payload, suffixOffset));
    return entry !== undefined && ends(payload, suffixOffset, entry.suffix) ? entry : undefined;
  }

  add(payload: Uint8Array, known: KnownRoute): void {
    const parts = splitForyHeader(payload);
    if (parts === undefined || this.#entries.size >= MOST_ENTRIES) return;
    const { suffixOffset } = parts;
    const suffix = payload.slice(suffixOffset);
    this.#entries.set(hash(payload, suffixOffset), { ...known, suffix });
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
