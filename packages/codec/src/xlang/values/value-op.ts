import { TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";

/** The type of a value to which references may point. */
export interface Target {
  /**
   * Equal for types whose values may replace each other: it tells everything that a program sees of
   * them, such as null elements, the options of unions and the JavaScript type of numbers.
   */
  readonly shape: string;
  /** True if values of the type keep their identity wherever they are: `refs: true`. */
  readonly refs?: boolean;
}

/**
 * Writes and reads the values of one type. `depth` is the depth of the value itself, 1 for the
 * root.
 *
 * The ops of types that hold other types are made of the ops of those, see `ops.ts`. Closures run
 * ops for every value; generated code runs them for types that are not worth code of their own.
 */
export interface ValueOp extends Target {
  /** `keeps` is true if the field around the value keeps references. */
  write(w: XlangWriter, value: unknown, depth: number, keeps?: boolean): void;
  read(r: XlangReader, depth: number, keeps?: boolean): unknown;
  /** Writes type id and names, for values whose type the reader cannot know. */
  writeInfo(w: XlangWriter): void;
  /**
   * Reads the output of `writeInfo` and returns the op for the values that follow. Throws if it
   * names another type.
   */
  readInfo(r: XlangReader): ValueOp;
  /** Approximate memory of one value in bytes, without the slot that holds it. */
  readonly cost: number;
  /** Returns true for other shapes that a reference may point to. */
  accepts?(shape: string): boolean;
  /** True if values have an identity that references keep. */
  readonly tracked?: boolean;
  /** Present if each value names its own type. `write` and `read` then include the type info. */
  readonly dynamic?: DynamicOp;
}

/** The types that values of a polymorphic field may have. */
export interface DynamicOp {
  /** Returns the op of a value: the same object for values of the same type. */
  classify(value: unknown): ValueOp;
  /** Reads type info and returns the op for it. */
  readType(r: XlangReader): ValueOp;
  /** The op of values without type info, for writers that omit it as known. */
  readonly declared?: ValueOp;
}

/** The op of values of any type. */
export interface AnyOp extends ValueOp {
  readonly dynamic: DynamicOp;
  /** Returns the op of a type whose type info is its id alone. */
  ofId(id: number): ValueOp | undefined;
}

/** The op of values whose type info is one byte. */
export interface PlainOp extends ValueOp {
  readonly typeId: number;
}

/** Makes an op whose type info is the type id alone. */
export function plainOp(
  typeId: number,
  write: PlainOp["write"],
  read: PlainOp["read"],
  cost: number,
  shape: string = String(typeId),
): PlainOp {
  const op: PlainOp = {
    typeId,
    shape,
    write,
    read,
    cost,
    writeInfo: (w) => w.putByte(typeId),
    readInfo(r) {
      const id = r.byte();
      if (id !== typeId) throw fail("mismatch", `type id ${typeId} expected, ${id} found`);
      return op;
    },
  };
  return op;
}

/** Makes an op for objects, which have an identity. */
export function containerOp(
  typeId: number,
  write: ValueOp["write"],
  read: ValueOp["read"],
  cost: number,
  shape: string,
): ValueOp {
  return { ...plainOp(typeId, write, read, cost, shape), tracked: true };
}

/** Puts the type info in front of every value. */
export function withInfo(op: ValueOp): ValueOp {
  return {
    ...op,
    write(w, value, depth, keeps) {
      op.writeInfo(w);
      op.write(w, value, depth, keeps);
    },
    read: (r, depth, keeps) => op.readInfo(r).read(r, depth, keeps),
  };
}

/** The op of null that is undefined in TypeScript. It is only read. */
export const missingOp: ValueOp = plainOp(
  TypeId.none,
  () => undefined,
  () => undefined,
  0,
  "undefined",
);

/** The op of null where no other type is known. */
export const noneOp: ValueOp = plainOp(
  TypeId.none,
  () => undefined,
  () => null,
  0,
);
