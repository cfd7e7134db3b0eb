import type { RowScalarKind } from "./row-schema.ts";

/** The type ids in the bytes of a schema (docs/fory.md, "Rows"). */
export const scalarId: Readonly<Record<RowScalarKind, number>> = {
  bool: 1,
  int8: 2,
  int16: 3,
  int32: 4,
  int64: 6,
  float16: 17,
  float32: 19,
  float64: 20,
  string: 21,
  duration: 37,
  timestamp: 38,
  date: 39,
  binary: 41,
};

export const containerId = { list: 22, map: 24, struct: 27 } as const;

/** The scalars by their ids. */
export const scalarOfId: ReadonlyMap<number, RowScalarKind> = new Map(
  Object.entries(scalarId).map(([kind, id]) => [id, kind as RowScalarKind]),
);
