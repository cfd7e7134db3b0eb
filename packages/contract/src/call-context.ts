import type { ErrorTypes } from "./error-type.ts";
import type { Sent } from "./message.ts";

/** The metadata of a call: pairs of text in their order. A key may occur more than once. */
export interface CallMetadata extends ReadonlyMap<string, string> {
  /** Every value of a key, in order. `get` returns the last one. */
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
 * The call that a handler answers; its second argument. Every server passes an object with at least
 * these members. Its functions need no `this`, so a handler may take them out of it. `E` are the
 * errors that the method declares.
 */
export interface CallContext<E extends ErrorTypes = ErrorTypes> {
  readonly service: string;
  readonly method: string;
  /** Endpoint id of the caller, 64 lower-case hex characters. The connection proved it. */
  readonly peer: string;
  /**
   * The id of the call, which is in every record of the logs about it (docs/guide/logging.md): the
   * one that the caller sent, else a new one.
   */
  readonly requestId: string;
  /** Fires when the caller cancels the call or disconnects, and at the deadline. */
  readonly signal: AbortSignal;
  /** The deadline in Unix milliseconds; `undefined` if the caller set none. */
  readonly deadlineEpochMs: number | undefined;
  /** The milliseconds until the deadline, never below 0; `undefined` without a deadline. */
  remainingMs(this: void): number | undefined;
  /** The metadata that the caller sent. It is not verified. */
  readonly metadata: CallMetadata;
  /** The attributes that the caller's credential attests. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The roles that the caller's credential attests. */
  readonly roles: ReadonlySet<string>;
  /**
   * The id of the credential with which the caller was admitted, as logs show it; `undefined` for
   * none. It is not a secret.
   */
  readonly credentialId?: string | undefined;
  /**
   * Adds a pair to the metadata that is sent with the status, whether the call succeeds or fails.
   * Bytes need a key that ends in `-bin`. Throws if the status would exceed its bounds. No-op after
   * the end of the call.
   */
  addTrailer(this: void, key: string, value: string | Uint8Array): void;
  /** Makes an error that the method declares. Throws for data that does not fit its type. */
  error<K extends keyof E & string>(
    this: void,
    name: K,
    data: Sent<E[K]["type"]>,
    message?: string,
  ): Error;
}
