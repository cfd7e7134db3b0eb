import type { Operation } from "./contender.ts";

/** A question of the harness to the process of a codec: one window. */
export interface CodecQuestion {
  readonly operation: Operation;
  readonly windowMs: number;
}

export type CodecReport =
  | { readonly say: "ready"; readonly bytes: number; readonly operations: readonly Operation[] }
  | { readonly say: "took"; readonly nanoseconds: number };
