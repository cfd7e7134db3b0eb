import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";

/**
 * Writes and reads the values of one type. `depth` is the depth of the value itself, 1 for the root.
 */
export interface ValueOp {
  write(w: XlangWriter, value: unknown, depth: number): void;
  read(r: XlangReader, depth: number): unknown;
  /** Type id and names, before a value whose type the reader cannot know. */
  writeInfo(w: XlangWriter): void;
  /** Reads what `writeInfo` wrote, and returns what reads such values; throws where it says another type. */
  readInfo(r: XlangReader): ValueOp;
  /** Memory of one value beside its slot, roughly. */
  readonly cost: number;
  /** Equal for values that may stand for each other: a reference must be to a value of its own shape. */
  readonly shape: string;
  /** Takes values of other shapes too. */
  accepts?(shape: string): boolean;
  /** Values have an identity that references keep. */
  readonly tracked?: boolean;
  /** Present where each value says its own type; `write` and `read` then include the type info. */
  readonly dynamic?: DynamicOp;
}

/** The types that values of a polymorphic field may have. */
export interface DynamicOp {
  /** The op of this value, the same object for values of the same type. */
  classify(value: unknown): ValueOp;
  /** The op that a type info on the wire asks for. */
  readType(r: XlangReader): ValueOp;
  /** The op of values without type info, where their writer took the type as known. */
  readonly declared?: ValueOp;
}

/** Values whose type info is one byte. */
export interface PlainOp extends ValueOp {
  readonly typeId: number;
}
