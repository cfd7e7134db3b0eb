import type { CallMetadata } from "@aster/contract";
import { RpcError } from "./error.ts";
import type { RpcLimits } from "./limits.ts";
import { RpcReason } from "./reason.ts";
import { HIDDEN, isSecretKey } from "./secret-keys.ts";
import { showAs } from "./shown.ts";
import { StatusCode } from "./status.ts";
import { isBytes } from "./value-kind.ts";

/**
 * The value of an option `metadata`. Pairs keep their order and repeated keys; a record is shorter
 * to write. A key that ends in `-bin` takes bytes or base64, other keys take text.
 */
export type MetadataInit =
  | Iterable<readonly [key: string, value: string | Uint8Array]>
  | Readonly<Record<string, string | Uint8Array>>;

// UTF-8 cannot carry these
const loneSurrogates = /[\ud800-\udfff]/u;
const BINARY = "-bin";
/** The private constructor, for {@link receivedMetadata}. */
let make: (pairs: [string, string][]) => Metadata;
const base64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The metadata of a call: an immutable list of text pairs in their order. Keys are case-sensitive.
 *
 * It is a map that may have a key more than once: `get` returns the last value, `getAll` and
 * iteration return all. Bytes are kept and shown as base64; `getBytes` decodes them. It is sent
 * with the request, and in the other direction with the status (docs/wire.md, "Headers and
 * status").
 */
export class Metadata implements CallMetadata {
  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(Metadata, "name", { value: "Metadata" });
  }

  static readonly empty: Metadata = new Metadata([]);

  readonly #pairs: [string, string][];

  private constructor(pairs: [string, string][]) {
    this.#pairs = pairs;
  }

  static {
    make = (pairs) => new Metadata(pairs);
  }

  /**
   * Throws INVALID_ARGUMENT for an empty key, bytes under a key without `-bin`, and values that are
   * neither text nor bytes.
   */
  static from(init: MetadataInit | undefined): Metadata {
    if (init === undefined) return Metadata.empty;
    if (init instanceof Metadata) return init;
    const pairs: [string, string][] = [];
    for (const [key, value] of Symbol.iterator in init ? init : Object.entries(init)) {
      pairs.push([key, metadataText(key, value)]);
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

  /**
   * The last value of a key that ends in `-bin`. Throws INVALID_ARGUMENT for other keys and for a
   * value that is not base64.
   */
  getBytes(key: string): Uint8Array | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : metadataBytes(key, value);
  }

  /** Returns all values of a key that ends in `-bin`, in order. Throws as `getBytes` does. */
  getAllBytes(key: string): Uint8Array[] {
    return this.getAll(key).map((value) => metadataBytes(key, value));
  }

  has(key: string): boolean {
    return this.#pairs.some((pair) => pair[0] === key);
  }

  /** Returns a copy with one more pair. */
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

  /**
   * The pairs as a record, for logs: a list of values for a repeated key, and `[hidden]` for a key
   * such as `authorization`, whose values are likely to be secrets.
   */
  toJSON(): Record<string, string | string[]> {
    const record: Record<string, string | string[]> = Object.create(null);
    for (const key of new Set(this.keys())) {
      const values = isSecretKey(key) ? [HIDDEN] : this.getAll(key);
      record[key] = values.length === 1 ? (values[0] as string) : values;
    }
    return record;
  }
}

showAs(
  Metadata.prototype,
  "Metadata",
  (metadata) => ({ ...metadata.toJSON() }),
  (metadata) => JSON.stringify(metadata),
);

/**
 * Metadata that a peer sent. Values under keys with `-bin` are checked when they are read as bytes.
 */
export function receivedMetadata(keys: readonly string[], values: readonly string[]): Metadata {
  if (keys.length === 0) return Metadata.empty;
  return make(keys.map((key, index) => [key, values[index] ?? ""]));
}

/** The value of a pair as it is sent. Throws INVALID_ARGUMENT as {@link Metadata.from} does. */
export function metadataText(key: unknown, value: unknown): string {
  if (typeof key !== "string" || key === "" || loneSurrogates.test(key))
    throw invalid("metadata keys must be non-empty strings");
  const binary = key.endsWith(BINARY);
  if (binary && isBytes(value)) return Buffer.from(value).toString("base64");
  if (typeof value === "string" && (binary ? base64.test(value) : !loneSurrogates.test(value)))
    return value;
  throw invalid(
    binary
      ? "metadata values of keys that end in -bin must be a Uint8Array or base64"
      : "metadata values must be strings; use a key that ends in -bin for bytes",
  );
}

function metadataBytes(key: string, value: string): Uint8Array {
  if (!key.endsWith(BINARY)) throw invalid("metadata keys of bytes must end in -bin");
  if (!base64.test(value))
    throw invalid("the metadata value of a key that ends in -bin is not base64");
  return new Uint8Array(Buffer.from(value, "base64"));
}

function invalid(text: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, text);
}

/**
 * Throws RESOURCE_EXHAUSTED with limit and value for metadata above a limit; they are never cut.
 */
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
    `metadata exceed ${limit}: ${value}, allowed are ${limits[limit]}; send fewer or shorter entries`,
    { details: { reason: RpcReason.LIMIT_METADATA, limit } },
  );
}
