import type { CodedMode } from "../protocol/mode.ts";
import type { Route } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

/** What a header came to when nothing speaks against the call. */
export interface AdmittedCall {
  readonly route: Route;
  readonly mode: CodedMode;
  readonly context: ServerContext;
  /** When the call's time is up, by `performance.now()`; `Infinity` for never. */
  readonly timeoutAt: number;
}
