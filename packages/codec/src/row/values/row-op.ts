import { fail } from "../../failure.ts";
import type { RowSource, Span } from "../row-source.ts";
import type { RowWriter } from "../row-writer.ts";
import type { RowType } from "../schema/row-schema.ts";

/** Reads the slot of a value. */
export interface RowReadOp {
  /** Size of an element of this type in an array. In a row every slot has eight bytes. */
  readonly width: 1 | 2 | 4 | 8;
  /** Approximate memory of a value, without the place that holds it. */
  readonly cost: number;
  /** Returns the value, with everything in it. */
  read(source: RowSource, span: Span, slot: number): unknown;
  /** Returns a scalar as it is, and a view of any other value. */
  view(source: RowSource, span: Span, slot: number, path: string): unknown;
}

/** Reads and writes the slot of a value. */
export interface RowOp extends RowReadOp {
  /** The type in schemas. */
  readonly type: RowType;
  /**
   * Writes into a zeroed slot, and writes the value to which the slot refers behind everything
   * else.
   */
  write(writer: RowWriter, slot: number, value: unknown, base: number): void;
}

/** An element, key or value. */
export interface ElementReadOp {
  readonly op: RowReadOp;
  readonly nullable: boolean;
  /** The value of null in JavaScript. */
  readonly empty: null | undefined;
}

export interface ElementOp extends ElementReadOp {
  readonly op: RowOp;
}

/** Returns the value of a null, or throws if the type is not nullable. */
export function emptyOf({ nullable, empty }: ElementReadOp): null | undefined {
  if (!nullable) throw fail("data", "null, and the type is not nullable");
  return empty;
}
