import { RpcError, StatusCode, statusName } from "@aster/rpc";
import { AdmissionError, CredentialError } from "@aster/trust";
import { KeyError, type KeyErrorCode } from "@aster/trust/files";

/** The line of a command that failed. */
export interface FailureLine {
  readonly error: {
    readonly code: number;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  };
}

const keyCodes: Readonly<Record<KeyErrorCode, StatusCode>> = {
  missing: StatusCode.NOT_FOUND,
  exists: StatusCode.ALREADY_EXISTS,
  unsafe: StatusCode.FAILED_PRECONDITION,
  malformed: StatusCode.INVALID_ARGUMENT,
  passphrase: StatusCode.FAILED_PRECONDITION,
  keyring: StatusCode.UNAVAILABLE,
  io: StatusCode.UNAVAILABLE,
};

/** Describes the error of a command. `reason` is empty if the error has none. */
export function failureLine(error: unknown): FailureLine {
  const { code, rawMessage, details } = converted(error);
  const { reason = "" } = details;
  return { error: { code, status: statusName(code), reason, message: rawMessage } };
}

function converted(error: unknown): RpcError {
  if (error instanceof KeyError) return failed(keyCodes[error.code], "key", error);
  if (error instanceof CredentialError)
    return failed(StatusCode.INVALID_ARGUMENT, "credential", error);
  if (error instanceof AdmissionError && error.code === "revocation") {
    return failed(StatusCode.INVALID_ARGUMENT, "admission", error);
  }
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === "ENOENT") return failed(StatusCode.NOT_FOUND, "file", error as Error & Coded);
  return RpcError.from(error);
}

interface Coded {
  readonly code: string;
}

function failed(code: StatusCode, area: string, error: Error & Coded): RpcError {
  return new RpcError(code, error.message, { details: { reason: `${area}.${error.code}` } });
}
