/** The values that a view returns as they are. */
export type RowScalar =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | Date
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * The type that a view returns for a value of type `V`: scalars as they are, and views of structs,
 * lists and maps.
 *
 * Bytes are a view of the row; other typed arrays are copies.
 */
export type RowValue<V> = unknown extends V
  ? unknown
  : V extends RowScalar
    ? V
    : V extends readonly (infer Item)[]
      ? RowList<Item>
      : V extends ReadonlyMap<infer Key, infer Item>
        ? RowMap<Key, Item, V>
        : V extends ReadonlySet<infer Item>
          ? RowList<Item>
          : string extends keyof V
            ? RowMap<string, V[keyof V], V>
            : V extends object
              ? RowView<V>
              : never;

/**
 * A view of a row, or of a struct in it. It reads only the fields that are asked for.
 *
 * It is valid as long as the bytes are unchanged. Every method throws `CodecError`: `data`
 * for broken bytes, `limit` for a value larger than the codec's limits.
 */
export interface RowView<T> {
  /**
   * Returns one field, by its key in TypeScript. Throws `CodecError` `value` for an unknown
   * key.
   */
  get<K extends keyof T & string>(key: K): RowValue<T[K]>;
  /** Returns everything, as an object that does not refer to the bytes. */
  toObject(): T;
}

/** A view of a list or a set. */
export interface RowList<Item> extends Iterable<RowValue<Item>> {
  readonly length: number;
  /**
   * Returns one element. A negative index counts from the end; outside of the list it is undefined.
   */
  at(index: number): RowValue<Item> | undefined;
  /** Returns all elements, as an array that does not refer to the bytes. */
  toArray(): Item[];
}

/** A view of a map. `Whole` is its decoded type. */
export interface RowMap<Key, Item, Whole = ReadonlyMap<Key, Item>>
  extends Iterable<readonly [Key, RowValue<Item>]> {
  readonly size: number;
  /** Returns the value of a key, or undefined. Reads the keys one by one, from the last. */
  get(key: Key): RowValue<Item> | undefined;
  has(key: Key): boolean;
  keys(): IterableIterator<Key>;
  values(): IterableIterator<RowValue<Item>>;
  /** Returns everything, as a `Map` or plain object that does not refer to the bytes. */
  toObject(): Whole;
}
