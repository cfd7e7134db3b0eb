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
 */
export type AdmissionErrorCode =
  | "denied"
  | "protocol"
  | "limit"
  | "timeout"
  | "closed"
  | "aborted"
  | "gate";

const BRAND = Symbol.for("aster.AdmissionError");

/** The error class of `@aster/trust`. `code` tells the cases apart. */
export class AdmissionError extends Error {
  override readonly name = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    Object.defineProperty(AdmissionError.prototype, BRAND, { value: true });
  }

  /** Accepts errors of every copy of this package that a program has loaded. */
  static override [Symbol.hasInstance](value: unknown): value is AdmissionError {
    // subclasses have no brand of their own
    if (this !== AdmissionError) return super[Symbol.hasInstance](value);
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
