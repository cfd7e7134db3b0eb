import type { MethodName } from "../service/definitions.ts";
import type { CallExpectation } from "./expectation.ts";
import type { Only, Setup } from "./setup.ts";
import type { Step } from "./step.ts";

/** Metadata of a caller. Keys that end in `-bin` carry bytes. */
export type MetadataList = readonly (readonly [key: string, value: string | Uint8Array])[];

/** One call, described by its steps and its expected result, or the same call several times. */
export interface CallRow {
  readonly kind: "call";
  readonly suite: string;
  readonly name: string;
  readonly method: MethodName;
  readonly steps: readonly Step[];
  readonly timeoutMs?: number;
  readonly metadata?: MetadataList;
  /** Makes the call in a session, which must be open (`kept`) or over (`ended`) afterwards. */
  readonly session?: "kept" | "ended";
  readonly setup?: Setup;
  /** Repeats the call. Each call must meet the expectation. */
  readonly repeat?: {
    /** The number of calls in a full run. */
    readonly times: number;
    /** The number of calls in other runs. */
    readonly quick: number;
    readonly at: "once" | "inTurn";
    /** Makes each call on a connection of its own. */
    readonly fresh?: boolean;
  };
  readonly only?: Only;
  readonly expect: CallExpectation;
}

/** A call row without the parts that {@link callRows} adds. */
export type CallFields = Omit<CallRow, "kind" | "suite">;

/** Makes the call rows of a suite. */
export function callRows(suite: string, rows: readonly CallFields[]): CallRow[] {
  return rows.map((row) => ({ kind: "call", suite, ...row }));
}
