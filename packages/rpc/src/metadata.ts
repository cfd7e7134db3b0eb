import type { CallMetadata } from "@aster/contract";
import { RpcError } from "./error.ts";
import type { RpcLimits } from "./limits.ts";
import { RpcReason } from "./reason.ts";
import { StatusCode } from "./status.ts";

/**
 * What metadata can be made of: pairs keep order and repeated keys, a record is shorter to write. A key that ends in `-bin`
 * takes bytes, or the base64 of some; other keys take text.
 */
export type MetadataInit =
  | Iterable<readonly [key: string, value: string | Uint8Array]>
  | Readonly<Record<string, string | Uint8Array>>;

// text that UTF-8 cannot carry
const loneSurrogates = /[\ud800-\udfff]/u;
const BINARY = "-bin";
const base64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The metadata of a call: pairs of text in the order they were given. Never changes; keys are compared exactly.
 *
 * A map that may hold a key more than once: `get` gives the last value, iteration and `getAll` give every one. Bytes are
 * kept, and shown, as base64; `getBytes` gives them back. It travels with the request, and back with the status
 * (docs/wire.md, "Headers and status").
 */
export class Metadata implements CallMetadata {
  static readonly empty: Metadata = new Metadata([]);

  readonly #pairs: [string, string][];

  private constructor(pairs: [string, string][]) {
    this.#pairs = pairs;
  }

  /** Throws INVALID_ARGUMENT for an empty key, bytes under a key without `-bin`, and what is neither text nor bytes. */
  static from(init: MetadataInit | undefined): Metadata {
    if (init === undefined) return Metadata.empty;
    if (init instanceof Metadata) return init;
    const pairs: [string, string][] = [];
    for (const [key, value] of Symbol.iterator in init ? init : Object.entries(init)) {
      pairs.push([key, metadataText(key, value)]);
    }
    return pairs.length === 0 ? Metadata.empty : new Metadata(pairs);
  }

  /** @internal Of a peer: a value under a key with `-bin` need not be base64 as long as nobody reads it as bytes. */
  static received(keys: readonly string[], values: readonly string[]): Metadata {
    if (keys.length === 0) return Metadata.empty;
    return new Metadata(keys.map((key, index) => [key, values[index] ?? ""]));
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

  /** The last value of a key that ends in `-bin`. Throws INVALID_ARGUMENT for other keys and for a value that is no base64. */
  getBytes(key: string): Uint8Array | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : metadataBytes(key, value);
  }

  /** Every value of a key that ends in `-bin`, in order; throws as `getBytes` does. */
  getAllBytes(key: string): Uint8Array[] {
    return this.getAll(key).map((value) => metadataBytes(key, value));
  }

  has(key: string): boolean {
    return this.#pairs.some((pair) => pair[0] === key);
  }

  /** This metadata with one pair more. */
  with(key: string, value: string | Uint8Array): Metadata {
    return new Metadata([...this.#pairs, [key, metadataText(key, value)]]);
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

/** The value of a pair as it travels. Throws INVALID_ARGUMENT as {@link Metadata.from} does. */
export function metadataText(key: unknown, value: unknown): string {
  if (typeof key !== "string" || key === "" || loneSurrogates.test(key))
    throw invalid("a metadata key is text that is not empty");
  const binary = key.endsWith(BINARY);
  if (value instanceof Uint8Array && binary) return Buffer.from(value).toString("base64");
  if (typeof value === "string" && (binary ? base64.test(value) : !loneSurrogates.test(value)))
    return value;
  throw invalid(
    binary
      ? "a metadata value under a key that ends in -bin is a Uint8Array, or base64"
      : "a metadata value is text; bytes need a key that ends in -bin",
  );
}

function metadataBytes(key: string, value: string): Uint8Array {
  if (!key.endsWith(BINARY)) throw invalid("bytes are kept under keys that end in -bin");
  if (!base64.test(value))
    throw invalid("a metadata value under a key that ends in -bin is no base64");
  return new Uint8Array(Buffer.from(value, "base64"));
}

function invalid(text: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, text);
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
    { details: { reason: RpcReason.LIMIT_METADATA, limit } },
  );
}
