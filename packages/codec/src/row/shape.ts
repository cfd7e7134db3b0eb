import type { ElementReadOp, RowOp } from "./values/row-op.ts";

/** One field of a struct. */
export interface ShapeReadField extends ElementReadOp {
  /** On the wire. */
  readonly name: string;
  /** In JavaScript. */
  readonly key: string;
}

export interface ShapeField extends ShapeReadField {
  readonly op: RowOp;
  /** Makes the value of a missing key. */
  readonly default: (() => unknown) | undefined;
}

/** A struct as it is read. */
export interface ReadShape {
  /** What errors call it. */
  readonly label: string;
  /** In the order of the slots. */
  readonly fields: readonly ShapeReadField[];
  /** Slots in the order of the keys of decoded objects. */
  readonly order: readonly number[];
  /** Slots by key. */
  readonly slots: ReadonlyMap<string, number>;
  readonly prototype: object;
}

/** A struct as it is read and written. */
export interface Shape extends ReadShape {
  readonly fields: readonly ShapeField[];
}
