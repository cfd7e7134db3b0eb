import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

const lastWords: readonly (readonly [code: StatusCode, begins: string])[] = [
  [StatusCode.FAILED_PRECONDITION, "Expected CALL frame"],
  [StatusCode.INTERNAL, "Invalid CallHeader"],
  [StatusCode.INTERNAL, "Handler missing: "],
  [StatusCode.UNIMPLEMENTED, "Method not found: "],
];

/** Whether a server that says this reads no further (docs/wire.md, "Sessions"): not every server ends its half then. */
export function breaksSession(error: RpcError): boolean {
  return lastWords.some(([code, begins]) => error.is(code) && error.rawMessage.startsWith(begins));
}

/** Whether this is how servers answer a CANCEL. */
export function isCancelAnswer(error: RpcError): boolean {
  return error.is(StatusCode.CANCELLED) && error.rawMessage === "cancelled";
}

/** The server ended the stream, or reads no more of it, and did not say why. */
export function leftError(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "the server has left the session", {
    details: { reason: "session.lost" },
  });
}

/** A call that was made after the end of its session; `reason` is what ended it, if it was not the client. */
export function overError(reason: RpcError | undefined): RpcError {
  const why = reason === undefined ? "was closed" : `is over (${reason.message})`;
  return new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the session ${why}: open another one, which begins with a new state`,
    { cause: reason, details: { reason: "session.over" } },
  );
}
