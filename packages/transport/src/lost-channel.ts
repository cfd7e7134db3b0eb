import { ResetCode } from "./channel.ts";
import { TransportError } from "./error.ts";

// The errors of channels that are lost.

/** The peer reset the channel. */
export function resetError(code: number): TransportError {
  return new TransportError("reset", `the peer reset the channel with code ${code}`, {
    applicationCode: code,
    unprocessed: code === ResetCode.RefusedStream,
  });
}

/** A copy of an error, for a channel that was lost before anything was sent on it. */
export function lostUnsent(error: TransportError): TransportError {
  const { code, message, applicationCode, cause } = error;
  return new TransportError(code, message, { applicationCode, cause, unprocessed: true });
}
