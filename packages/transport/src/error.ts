/**
 * What went wrong below the calls.
 *
 * - `"address"`: a dial string or ticket cannot be read
 * - `"connect"`: the peer could not be reached, or refused
 * - `"timeout"`: the peer did not answer in time
 * - `"closed"`: the node, connection or channel was closed, by us or by the peer
 * - `"reset"`: the peer reset this one channel
 * - `"frame"`: bytes that are no frame (docs/wire.md, "Frames")
 * - `"limit"`: a bound was reached, named in the message
 * - `"bind"`: the endpoint could not be opened
 * - `"native"`: the native module is missing or broken
 */
export type TransportErrorCode =
  | "address"
  | "connect"
  | "timeout"
  | "closed"
  | "reset"
  | "frame"
  | "limit"
  | "bind"
  | "native";

export interface TransportErrorOptions extends ErrorOptions {
  /** The QUIC application error code that came with a reset or a close. */
  readonly applicationCode?: number;
}

/** The one error class of `@aster/transport`; tell cases apart by `code`. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;
  readonly applicationCode: number | undefined;

  constructor(code: TransportErrorCode, message: string, options?: TransportErrorOptions) {
    super(message, options);
    this.code = code;
    this.applicationCode = options?.applicationCode;
  }
}
