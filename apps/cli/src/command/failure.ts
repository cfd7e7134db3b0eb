/** The exit codes of `aster`. 0 is success. */
export const ExitCode = {
  /** The call ended with a status, a check found a difference, or the command has a fault. */
  FAILED: 1,
  /** The command line, a file or a JSON text cannot be used. */
  USAGE: 2,
  DENIED: 3,
  NO_CONNECTION: 4,
  INTERRUPTED: 130,
} as const;

/** The fields of an error as `--json` prints them. */
export interface FailureFields {
  /** The number of the status in gRPC. */
  readonly code: number;
  readonly status: string;
  /** The machine-readable cause; empty if the status says everything. */
  readonly reason: string;
  readonly message: string;
  /** The next step of the user; empty if the message names it. */
  readonly hint: string;
  /** Further details of the status of a call. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** A declared error of a method: its wire type, and its data as JSON. */
  readonly declared?: { readonly type: string; readonly data: unknown } | undefined;
}

/** The end of a command that did not succeed. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;
  readonly fields: FailureFields;

  constructor(exitCode: number, fields: FailureFields, options?: ErrorOptions) {
    super(fields.message, options);
    this.exitCode = exitCode;
    this.fields = fields;
  }
}

const INVALID_ARGUMENT = { code: 3, status: "INVALID_ARGUMENT" };

/** The failure of a command line, a file or a text that the user can correct. */
export function usageFailure(message: string, hint = "", reason = "option.invalid"): Failure {
  return new Failure(ExitCode.USAGE, { ...INVALID_ARGUMENT, reason, message, hint });
}

/** The failure of a command that the user interrupted. */
export function interruption(): Failure {
  return new Failure(ExitCode.INTERRUPTED, {
    code: 1,
    status: "CANCELLED",
    reason: "",
    message: "interrupted",
    hint: "",
  });
}
