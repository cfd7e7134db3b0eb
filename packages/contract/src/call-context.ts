import type { ErrorTypes } from "./error-type.ts";
import type { Sent } from "./message.ts";

/** Metadata as it arrived: pairs of text in their order, whose keys may come more than once. */
export interface CallMetadata extends ReadonlyMap<string, string> {
  /** Every value of a key, in order; `get` gives the last. */
  getAll(key: string): string[];
  /**
   * The last value of a key that ends in `-bin`, decoded from base64. Throws `RpcError`
   * INVALID_ARGUMENT for another key and for a value that is not base64.
   */
  getBytes(key: string): Uint8Array | undefined;
  /** Every value of a key that ends in `-bin`, in order. Throws as `getBytes` does. */
  getAllBytes(key: string): Uint8Array[];
  /** A copy with one pair added at the end. */
  with(key: string, value: string | Uint8Array): CallMetadata;
}

/**
 * What a handler may learn about the call it answers, passed as its second argument. It is the
 * smallest view; the server hands over an object that offers it. `E` are the errors the method declares.
 */
export interface CallContext<E extends ErrorTypes = ErrorTypes> {
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
  readonly metadata: CallMetadata;
  /** What the caller's credential attests. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Roles of the caller, as attested by its credential. */
  readonly roles: ReadonlySet<string>;
  /**
   * Adds a pair to what the caller gets beside the status, however the call ends. Bytes need a key that ends in `-bin`.
   * Throws over the bounds of a status; does nothing once the call is over.
   */
  addTrailer(key: string, value: string | Uint8Array): void;
  /** An error that the method declares, to be thrown. Throws where the data does not fit its type. */
  error<K extends keyof E & string>(name: K, data: Sent<E[K]["type"]>, message?: string): Error;
}
