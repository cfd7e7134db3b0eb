import type { MetadataInit } from "../metadata.ts";

/** What one call may be told. */
export interface CallOptions {
  /** How long the caller waits at most. Default: the method's own `timeoutMs`, then the client's. `Infinity` for no limit. */
  readonly timeoutMs?: number;
  /** Ends the call with CANCELLED, with DEADLINE_EXCEEDED where it is an `AbortSignal.timeout()`; the handler hears of it. */
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
  /** A call made inside a handler must be over when the call it helps to answer must. Default true. */
  readonly inheritDeadline?: boolean;
}
