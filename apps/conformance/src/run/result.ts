import type { Row } from "../row-kinds/row.ts";

/** The result of one row on one target. */
export interface Result {
  readonly target: string;
  readonly row: Row;
  /** The deviations, one line each; none if the row passed. */
  readonly wrong: readonly string[];
  readonly ms: number;
}
