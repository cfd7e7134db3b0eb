import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

/** What may still come of the call that was begun last: nothing, one request, or requests and the end of them. */
export type Input = "none" | "one" | "many";

/** Something else came where only a call may begin. */
export function expectedCall(): RpcError {
  return new RpcError(StatusCode.FAILED_PRECONDITION, "Expected CALL frame");
}

/** A call began before the end of the one before; `streams` says whether that one has many responses. */
export function overtaken(input: Input, streams: boolean): RpcError {
  const text =
    input === "one"
      ? "CALL frame before request"
      : input === "none" && streams
        ? "CALL received during stream"
        : "CALL received during active call";
  return new RpcError(StatusCode.FAILED_PRECONDITION, text);
}
