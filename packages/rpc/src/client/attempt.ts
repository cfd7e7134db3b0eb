import type { Metadata } from "../metadata.ts";

/** What a call on the wire has to know, once options, defaults and interceptors have had their say. */
export interface Attempt {
  readonly metadata: Metadata;
  /** As of `now()`; `Infinity` for none. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  readonly onTrailer: ((trailer: Metadata) => void) | undefined;
}
