import type { CallRow } from "../row.ts";
import { basicRows } from "./basic.ts";
import { cancellationRows } from "./cancellation.ts";
import { errorRows } from "./errors.ts";
import { interceptorRows } from "./interceptors.ts";
import { metadataRows } from "./metadata.ts";
import { sizeRows } from "./sizes.ts";
import { timeoutRows } from "./timeouts.ts";

/**
 * The rows of shared services once more, each in a session, which goes on after the call. Compression makes no difference to
 * them: they are run with it.
 */
export const inSessionRows: readonly CallRow[] = [
  ...basicRows,
  ...errorRows,
  ...cancellationRows,
  ...timeoutRows,
  ...metadataRows,
  ...sizeRows,
  ...interceptorRows,
]
  .filter((row) => row.repeat === undefined && !refusesAll(row))
  .map((row) => ({
    ...row,
    suite: `sessions/${row.suite}`,
    session: "kept",
    only: { zstd: true, ...row.only },
  }));

/** What is set up like this fails the call after it, too: it is in sessions.ts. */
function refusesAll({ setup }: CallRow): boolean {
  const names = [...(setup?.clientInterceptors ?? []), ...(setup?.serverInterceptors ?? [])];
  return names.includes("refuses") || names.includes("breaks");
}
