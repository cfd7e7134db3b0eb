import type { InterceptorName } from "../interceptors.ts";
import type { CallRow } from "../row.ts";
import { basicRows } from "./basic.ts";
import { cancellationRows } from "./cancellation.ts";
import { errorRows } from "./errors.ts";
import { interceptorRows } from "./interceptors.ts";
import { metadataRows } from "./metadata.ts";
import { sizeRows } from "./sizes.ts";
import { timeoutRows } from "./timeouts.ts";

/** What is set up like this changes the call after it, too: it is in sessions.ts. */
const notForAll: ReadonlySet<InterceptorName> = new Set([
  "refuses",
  "breaks",
  "answers",
  "repeats",
]);

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
  .filter((row) => row.repeat === undefined && !changesAll(row) && !needsTrailer(row))
  .map((row) => ({
    ...row,
    suite: `sessions/${row.suite}`,
    session: "kept",
    only: { zstd: true, ...row.only },
  }));

function changesAll({ setup }: CallRow): boolean {
  const names = [...(setup?.clientInterceptors ?? []), ...(setup?.serverInterceptors ?? [])];
  return names.some((name) => notForAll.has(name));
}

/** In sessions no status, and so no trailer, follows a reply that stands alone. */
function needsTrailer({ method, expect }: CallRow): boolean {
  const alone = /unary|clientStream/i.test(method);
  return alone && expect.code === 0 && (expect.trailer ?? []).length > 0;
}
