import type { SerializationMode } from "@aster/contract";
import type { MetadataInit } from "../metadata.ts";

/** What one call may be told. */
export interface CallOptions {
  /** How long the caller waits at most. Default: the method's own `timeoutMs`, then the client's. `Infinity` for no limit. */
  readonly timeoutMs?: number;
  /** Ends the call with CANCELLED, with DEADLINE_EXCEEDED where it is an `AbortSignal.timeout()`; the handler hears of it. */
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
  /**
   * How the messages of this call are written. Default: the client's own, else what method and service say. FAILED_PRECONDITION,
   * before anything is sent, where the peer does not offer it; every server takes JSON.
   */
  readonly serialization?: SerializationMode;
  /** A call made inside a handler must be over when the call it helps to answer must. Default true. */
  readonly inheritDeadline?: boolean;
}
