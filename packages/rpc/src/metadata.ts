import { RpcError } from "./error.ts";
import type { RpcLimits } from "./limits.ts";
import { StatusCode } from "./status.ts";

/** What metadata can be made of: pairs keep order and repeated keys, a record is shorter to write. */
export type MetadataInit =
  | Iterable<readonly [key: string, value: string]>
  | Readonly<Record<string, string>>;

/**
 * The metadata of a call: pairs of text in the order they were given. Never changes; keys are compared exactly.
 *
 * A map that may hold a key more than once: `get` gives the last value, iteration and `getAll` give every one. It travels
 * with the request only, a call has no response metadata (docs/wire.md, "Headers and status").
 */
export class Metadata implements ReadonlyMap<string, string> {
  static readonly empty: Metadata = new Metadata([]);

  readonly #pairs: [string, string][];

  private constructor(pairs: [string, string][]) {
    this.#pairs = pairs;
  }

  /** Throws INVALID_ARGUMENT for what is no text and for an empty key. */
  static from(init: MetadataInit | undefined): Metadata {
    if (init === undefined) return Metadata.empty;
    if (init instanceof Metadata) return init;
    const pairs: [string, string][] = [];
    for (const [key, value] of Symbol.iterator in init ? init : Object.entries(init)) {
      if (typeof key !== "string" || key === "" || typeof value !== "string") {
        throw new RpcError(
          StatusCode.INVALID_ARGUMENT,
          "metadata must be pairs of text with a key that is not empty",
        );
      }
      pairs.push([key, value]);
    }
    return pairs.length === 0 ? Metadata.empty : new Metadata(pairs);
  }

  get size(): number {
    return this.#pairs.length;
  }

  get(key: string): string | undefined {
    return this.#pairs.findLast((pair) => pair[0] === key)?.[1];
  }

  getAll(key: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === key).map((pair) => pair[1]);
  }

  has(key: string): boolean {
    return this.#pairs.some((pair) => pair[0] === key);
  }

  /** This metadata with one pair more. */
  with(key: string, value: string): Metadata {
    return Metadata.from([...this.#pairs, [key, value]]);
  }

  forEach(
    visit: (value: string, key: string, map: ReadonlyMap<string, string>) => void,
    thisArg?: unknown,
  ): void {
    for (const [key, value] of this.#pairs) visit.call(thisArg, value, key, this);
  }

  keys(): MapIterator<string> {
    return this.#pairs.map((pair) => pair[0]).values();
  }

  values(): MapIterator<string> {
    return this.#pairs.map((pair) => pair[1]).values();
  }

  entries(): MapIterator<[string, string]> {
    return this.#pairs.map(([key, value]): [string, string] => [key, value]).values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** Throws RESOURCE_EXHAUSTED, naming limit and value, for metadata that is over a bound; it is never cut silently. */
export function checkMetadata(metadata: Metadata, limits: RpcLimits): void {
  if (metadata.size === 0) return;
  check("maxMetadataEntries", metadata.size, limits);
  let bytes = 0;
  for (const [key, value] of metadata) {
    check("maxMetadataKeyChars", key.length, limits);
    check("maxMetadataValueChars", value.length, limits);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  check("maxMetadataBytes", bytes, limits);
}

function check(
  limit:
    | "maxMetadataEntries"
    | "maxMetadataKeyChars"
    | "maxMetadataValueChars"
    | "maxMetadataBytes",
  value: number,
  limits: RpcLimits,
): void {
  if (value <= limits[limit]) return;
  throw new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `metadata is over the limit ${limit}: ${value}, at most ${limits[limit]}`,
    { details: { reason: "limit.metadata", limit } },
  );
}
