/**
 * The kinds of failure below the calls.
 *
 * - `"option"`: an option is not valid; nothing was opened
 * - `"address"`: an address or ticket cannot be read
 * - `"connect"`: the peer could not be reached, or refused the connection
 * - `"timeout"`: the peer did not answer in time
 * - `"closed"`: the node, connection or channel was closed, by this side or by the peer
 * - `"reset"`: the peer reset this one channel
 * - `"frame"`: the peer sent bytes that are not a frame (docs/wire.md, "Frames"), or not the blob
 *   of a hash
 * - `"limit"`: a limit was reached; the message names it
 * - `"bind"`: the operating system refused the endpoint, or the key or ALPN is already in use
 * - `"native"`: the native module is missing or failed
 * - `"missing"`: a blob, document or tag is not in the store, or the providers do not have it
 * - `"storage"`: the directory of a store is in use, or cannot be read or written
 */
export type TransportErrorCode =
  | "option"
  | "address"
  | "connect"
  | "timeout"
  | "closed"
  | "reset"
  | "frame"
  | "limit"
  | "bind"
  | "native"
  | "missing"
  | "storage";

export interface TransportErrorOptions extends ErrorOptions {
  /** The QUIC application error code of a reset or a close. */
  readonly applicationCode?: number | undefined;
  /** See {@link TransportError.unprocessed}. Default: false. */
  readonly unprocessed?: boolean | undefined;
}

/** Marks the errors of every copy of this package. */
const BRAND = Symbol.for("aster.TransportError");

/**
 * The only error class of `@aster/transport`; distinguish cases by `code`. `instanceof` also
 * recognises the errors of other copies of the package.
 */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly code: TransportErrorCode;
  readonly applicationCode: number | undefined;
  readonly #unprocessed: boolean;

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(TransportError, "name", { value: "TransportError" });
    // on the prototype, so that printed errors do not show it
    Object.defineProperty(TransportError.prototype, BRAND, { value: true });
    Object.defineProperty(TransportError, Symbol.hasInstance, { value: hasInstance });
  }

  constructor(code: TransportErrorCode, message: string, options?: TransportErrorOptions) {
    super(message, options);
    this.code = code;
    this.applicationCode = options?.applicationCode;
    this.#unprocessed = options?.unprocessed ?? false;
  }

  /**
   * True for the loss of a channel on which nothing was sent, or that the peer reset with
   * `ResetCode.RefusedStream`: the peer has done nothing with it.
   */
  get unprocessed(): boolean {
    return this.#unprocessed;
  }
}

/**
 * `instanceof` of {@link TransportError} accepts errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== TransportError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}
