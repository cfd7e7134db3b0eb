import { fail } from "../../failure.ts";
import type { RowSource, Span } from "../row-source.ts";
import type { RowWriter } from "../row-writer.ts";
import type { RowType } from "../schema/row-schema.ts";

/** How a slot is read. */
export interface RowReadOp {
  /** Bytes of an element of this type in an array; in a row every slot has eight. */
  readonly width: 1 | 2 | 4 | 8;
  /** Memory of a value beyond the place that holds it, roughly. */
  readonly cost: number;
  /** The value, with all that is in it. */
  read(source: RowSource, span: Span, slot: number): unknown;
  /** The value if it is a scalar, otherwise something to look into it with. */
  view(source: RowSource, span: Span, slot: number, path: string): unknown;
}

/** How a slot is read and written. */
export interface RowOp extends RowReadOp {
  /** As schemas say it. */
  readonly type: RowType;
  /** Writes into a zeroed slot, and behind everything else what the slot refers to. */
  write(writer: RowWriter, slot: number, value: unknown, base: number): void;
}

/** An element, key or value. */
export interface ElementReadOp {
  readonly op: RowReadOp;
  readonly nullable: boolean;
  /** What null is in JavaScript. */
  readonly empty: null | undefined;
}

export interface ElementOp extends ElementReadOp {
  readonly op: RowOp;
}

/** What a null is, where one may be. */
export function emptyOf({ nullable, empty }: ElementReadOp): null | undefined {
  if (!nullable) throw fail("data", "null, which this type is not");
  return empty;
}
