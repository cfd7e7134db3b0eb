/** What a view gives as it is. */
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
 * What a view gives for a value of type `V`: scalars as they are, and views of structs, lists and maps.
 *
 * Bytes are the row's own, not a copy; other typed arrays are copies.
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
 * A look into the bytes of a row, or of a struct in it: what is not asked for is not touched.
 *
 * It is valid as long as the bytes are unchanged. Every method throws {@link CodecError}: `data` where
 * the bytes it meets are broken, `limit` where a whole is larger than the codec's limits.
 */
export interface RowView<T> {
  /** One field, by its key in TypeScript. Throws {@link CodecError} `value` for a key that is no field. */
  get<K extends keyof T & string>(key: K): RowValue<T[K]>;
  /** Everything, as an object that does not refer to the bytes. */
  toObject(): T;
}

/** A look into a list or a set. */
export interface RowList<Item> extends Iterable<RowValue<Item>> {
  readonly length: number;
  /** One element; a negative index counts from the end, and outside of the list it is undefined. */
  at(index: number): RowValue<Item> | undefined;
  /** All elements, as an array that does not refer to the bytes. */
  toArray(): Item[];
}

/** A look into a map, held as `Whole` when it is decoded. */
export interface RowMap<Key, Item, Whole = ReadonlyMap<Key, Item>>
  extends Iterable<readonly [Key, RowValue<Item>]> {
  readonly size: number;
  /** The value of a key, found by reading the keys one by one from the last; undefined without it. */
  get(key: Key): RowValue<Item> | undefined;
  has(key: Key): boolean;
  keys(): IterableIterator<Key>;
  values(): IterableIterator<RowValue<Item>>;
  /** Everything, as a `Map` or plain object that does not refer to the bytes. */
  toObject(): Whole;
}
