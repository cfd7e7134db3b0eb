/**
 * The reason why an admission failed.
 *
 * - `"denied"`: the peer refused; it never gives a reason
 * - `"protocol"`: the peer sent a malformed admission message (docs/wire.md, "Admission")
 * - `"limit"`: the message to send exceeds {@link admissionLimits}
 * - `"timeout"`: no complete answer arrived in time
 * - `"closed"`: the connection or the stream was lost
 * - `"aborted"`: the caller's signal fired; `cause` is its reason
 * - `"gate"`: the gate must not be used in this environment
 * - `"store"`: the use of a one-time token cannot be recorded
 * - `"revocation"`: a revocation list is not taken
 * - `"option"`: an option is not valid; nothing was sent
 */
export type AdmissionErrorCode =
  | "denied"
  | "protocol"
  | "limit"
  | "timeout"
  | "closed"
  | "aborted"
  | "gate"
  | "store"
  | "revocation"
  | "option";

const BRAND = Symbol.for("aster.AdmissionError");

/** The error class of `@aster/trust`. `code` tells the cases apart. */
export class AdmissionError extends Error {
  override readonly name: string = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(AdmissionError, "name", { value: "AdmissionError" });
    // on the prototype, so that printed errors do not show it
    Object.defineProperty(AdmissionError.prototype, BRAND, { value: true });
    Object.defineProperty(AdmissionError, Symbol.hasInstance, { value: hasInstance });
  }
}

/**
 * `instanceof` of {@link AdmissionError} accepts errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== AdmissionError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}
