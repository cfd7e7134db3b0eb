import type { CallRow } from "../../row-kinds/call-row.ts";
import type { InterceptorName } from "../../service/named-interceptors.ts";
import { basicRows } from "../basic.ts";
import { cancellationRows } from "../cancellation.ts";
import { errorRows } from "../errors.ts";
import { interceptorRows } from "../interceptors.ts";
import { metadataRows } from "../metadata.ts";
import { sizeRows } from "../sizes.ts";
import { timeoutRows } from "../timeouts.ts";

/** Interceptors that would also affect the call after the row's; sessions.ts covers them. */
const notForAll: ReadonlySet<InterceptorName> = new Set([
  "refuses",
  "breaks",
  "answers",
  "repeats",
]);

/**
 * The rows of shared services, each in a session that stays open after the call. They run only on
 * targets with compression, because it makes no difference to them.
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

/** In sessions no status, and so no trailer, follows the reply of a method that has only one. */
function needsTrailer({ method, expect }: CallRow): boolean {
  const alone = /unary|clientStream/i.test(method);
  return alone && expect.code === 0 && (expect.trailer ?? []).length > 0;
}
