import type { SerializationMode } from "@aster/contract";
import type { Route } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

/** What a header came to when nothing speaks against the call. */
export interface AdmittedCall {
  readonly route: Route;
  readonly mode: SerializationMode;
  readonly context: ServerContext;
  /** When the call's time is up, as of `now()`; `Infinity` for never. */
  readonly timeoutAt: number;
}
