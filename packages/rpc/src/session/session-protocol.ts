import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { badEnd } from "../server/errors.ts";
import { StatusCode } from "../status.ts";

// The rules of docs/wire.md, "Sessions", for the frames that a client sends, and their errors.

/**
 * The frames that are due for the latest call: none, one request, or a stream of requests and its
 * end.
 */
export type Input = "none" | "one" | "many";

/** A frame other than CALL came where only a call may begin. */
export function expectedCall(): RpcError {
  return new RpcError(StatusCode.FAILED_PRECONDITION, "Expected CALL frame");
}

/**
 * A call began before the previous one ended. `streams`: the previous one has a stream of
 * responses.
 */
export function overtaken(input: Input, streams: boolean): RpcError {
  const text =
    input === "one"
      ? "CALL frame before request"
      : input === "none" && streams
        ? "CALL received during stream"
        : "CALL received during active call";
  return new RpcError(StatusCode.FAILED_PRECONDITION, text);
}

/**
 * The error for the trailer that ends the requests of a client stream; `undefined` for a status
 * with code OK.
 */
export function wrongEnd(payload: Uint8Array, limits: RpcLimits): RpcError | undefined {
  const status = decodeTrailer(payload, limits);
  if (status === undefined && payload.length > 0) return undefined;
  if (status === undefined || status.cause instanceof Error) {
    return new RpcError(StatusCode.INTERNAL, "malformed EoI trailer");
  }
  return badEnd(status.code);
}
