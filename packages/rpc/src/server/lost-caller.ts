import type { TransportError } from "@aster/transport";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

/** The caller has said that it does not want the answer. */
export function cancelledByCaller(cause?: TransportError): RpcError {
  return new RpcError(StatusCode.CANCELLED, "the caller cancelled the call", { cause });
}

/** There is nobody left to answer. */
export function lostCaller(cause: TransportError, draining: boolean): RpcError {
  if (cause.code === "reset") return cancelledByCaller(cause);
  const text = draining ? "the server is closing" : "the caller is lost";
  return new RpcError(StatusCode.CANCELLED, text, { cause });
}
