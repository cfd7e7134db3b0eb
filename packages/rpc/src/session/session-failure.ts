import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/** The errors after which a server ends the session, whichever implementation it is. */
const sessionEnds: readonly (readonly [code: StatusCode, begins: string])[] = [
  [StatusCode.FAILED_PRECONDITION, "Expected CALL frame"],
  [StatusCode.INTERNAL, "Invalid CallHeader"],
  [StatusCode.INTERNAL, "Handler missing: "],
  [StatusCode.UNIMPLEMENTED, "Method not found: "],
];

/**
 * Returns true for an error that ends the session (docs/wire.md, "Sessions"). `aster-rpc` does not
 * end its half then.
 */
export function breaksSession(error: RpcError): boolean {
  if (error.details.reason === RpcReason.ADMISSION_LAPSED) return true;
  return sessionEnds.some(
    ([code, begins]) => error.is(code) && error.rawMessage.startsWith(begins),
  );
}

/** Returns true for the confirmation of a CANCEL. */
export function isCancelAnswer(error: RpcError): boolean {
  return error.is(StatusCode.CANCELLED) && error.rawMessage === "cancelled";
}

/** The server ended the stream or stopped reading it, without a reason. */
export function leftError(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "the server ended the session without a status", {
    details: { reason: RpcReason.SESSION_LOST },
  });
}

/**
 * The error of a call that was made after the end of its session. `reason` ended it; `undefined`:
 * the client closed it.
 */
export function overError(reason: RpcError | undefined): RpcError {
  const why = reason === undefined ? "was closed" : `has ended (${reason.message})`;
  return new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the session ${why}; open another one, which begins with new state`,
    { cause: reason, details: { reason: RpcReason.SESSION_OVER } },
  );
}
