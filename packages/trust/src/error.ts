/**
 * Why an admission did not come about.
 *
 * - `"denied"`: the peer said no; it never says why
 * - `"protocol"`: the peer's message is no admission message (docs/wire.md, "Admission")
 * - `"limit"`: a message of ours would be over {@link admissionLimits}
 * - `"timeout"`: no complete answer in time
 * - `"closed"`: the connection or the stream was lost
 * - `"aborted"`: the caller's signal fired; `cause` is its reason
 * - `"gate"`: the gate may not be used here
 */
export type AdmissionErrorCode =
  | "denied"
  | "protocol"
  | "limit"
  | "timeout"
  | "closed"
  | "aborted"
  | "gate";

/** The one error class of `@aster/trust`; tell cases apart by `code`. */
export class AdmissionError extends Error {
  override readonly name = "AdmissionError";
  readonly code: AdmissionErrorCode;

  constructor(code: AdmissionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
