import type { CallRow } from "./call-row.ts";
import type { RawClientRow, RawServerRow } from "./raw-row.ts";
import type { ScenarioRow } from "./scenario-row.ts";
import type { ScriptRow } from "./script-row.ts";
import type { SessionRow } from "./session-row.ts";

/** One row of the conformance table. */
export type Row = CallRow | RawClientRow | RawServerRow | ScenarioRow | ScriptRow | SessionRow;

/** Returns `suite/name`. */
export function titleOf({ suite, name }: Row): string {
  return `${suite}/${name}`;
}
