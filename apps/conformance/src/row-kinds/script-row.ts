import type { Findings } from "../check/findings.ts";
import type { Testbed } from "../targets/testbed.ts";
import type { Only } from "./setup.ts";

/** A row that is a function, because its nodes and servers start and stop while it runs. */
export interface ScriptRow {
  readonly kind: "script";
  readonly suite: string;
  readonly name: string;
  readonly only?: Only;
  /** Runs the script and adds every deviation to `findings`. Closes everything it opens. */
  run(testbed: Testbed, findings: Findings): Promise<void>;
}

/** A script row without the parts that {@link scriptRows} adds. */
export type ScriptFields = Omit<ScriptRow, "kind" | "suite">;

/**
 * Makes the script rows of a suite. They run only on targets with compression, because it makes no
 * difference to them.
 */
export function scriptRows(suite: string, rows: readonly ScriptFields[]): ScriptRow[] {
  return rows.map(({ only = {}, ...row }) => ({
    kind: "script",
    suite,
    ...row,
    only: { zstd: true, ...only },
  }));
}
