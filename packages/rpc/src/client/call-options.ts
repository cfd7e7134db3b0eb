import type { SerializationMode } from "@aster/contract";
import type { Metadata, MetadataInit } from "../metadata.ts";

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
  /**
   * Told what the server sent along with the status, once, before the call ends and also when it fails; of a call that is
   * repeated, once per attempt. Not told when no status came. What it throws is what the call ends with.
   */
  readonly onTrailer?: (trailer: Metadata) => void;
  /** A call made inside a handler must be over when the call it helps to answer must. Default true. */
  readonly inheritDeadline?: boolean;
}
