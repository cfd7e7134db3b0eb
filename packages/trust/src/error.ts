import { brandErrors } from "./brand.ts";

/**
 * The reason why an admission failed.
 *
 * - `"denied"`: the peer refused; it never gives a reason
 * - `"protocol"`: the peer sent a malformed admission message (docs/wire.md, "Admission")
 * - `"limit"`: the message to send exceeds `admissionLimits`
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

/** The error class of `@aster/trust`. `code` tells the cases apart. */
export class AdmissionError extends Error {
  override readonly name: string = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    brandErrors(AdmissionError, "AdmissionError");
  }
}
