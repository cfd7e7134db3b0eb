/**
 * What a handler may learn about the call it answers, passed as its second argument. It is the
 * smallest view; the server hands over an object that offers it.
 */
export interface CallContext {
  readonly service: string;
  readonly method: string;
  /** Endpoint id of the caller, 64 lower-case hex characters; proved by the connection. */
  readonly peer: string;
  /** Fires when the caller cancels, disconnects or runs out of time. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in Unix milliseconds; `undefined` when it set no deadline. */
  readonly deadlineEpochMs: number | undefined;
  /** Milliseconds left, never below 0; `undefined` when there is no deadline. */
  remainingMs(): number | undefined;
  /** What the caller sent along. Not trustworthy by itself. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What the caller's credential attests. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Roles of the caller, as attested by its credential. */
  readonly roles: ReadonlySet<string>;
}
