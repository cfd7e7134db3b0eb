import type { ElementReadOp, RowOp } from "./values/row-op.ts";

/** One field of a struct. */
export interface ShapeReadField extends ElementReadOp {
  /** The name on the wire. */
  readonly name: string;
  /** The key in JavaScript. */
  readonly key: string;
}

export interface ShapeField extends ShapeReadField {
  readonly op: RowOp;
  /** Makes the value of a missing key. */
  readonly default: (() => unknown) | undefined;
}

/** A struct for reading. */
export interface ReadShape {
  /** The name of the struct in errors. */
  readonly label: string;
  /** The fields in the order of the slots. */
  readonly fields: readonly ShapeReadField[];
  /** The slots in the order of the keys of decoded objects. */
  readonly order: readonly number[];
  /** The slots by key. */
  readonly slots: ReadonlyMap<string, number>;
  readonly prototype: object;
}

/** A struct for reading and writing. */
export interface Shape extends ReadShape {
  readonly fields: readonly ShapeField[];
  /** True for objects of another kind than the wire type. */
  readonly isOther: ((value: object) => boolean) | undefined;
}
