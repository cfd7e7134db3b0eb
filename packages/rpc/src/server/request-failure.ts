import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { StatusCode } from "../status.ts";
import type { Route } from "./route.ts";

/** A frame that has no place where it came. */
export function unexpectedFrame(flags: number): RpcError {
  return new RpcError(StatusCode.INTERNAL, `unexpected frame with flags ${flags} inside a call`);
}

/** A message came although no more of them may. */
export function unexpectedMessage({ streamsRequests, title }: Route): RpcError {
  return streamsRequests
    ? new RpcError(StatusCode.INTERNAL, "a message came after the end of the input")
    : new RpcError(StatusCode.INVALID_ARGUMENT, `${title} takes one request, not several`, {
        details: { reason: "cardinality" },
      });
}

/** A client stream goes on for too long. */
export function tooManyItems(limit: number): RpcError {
  return new RpcError(StatusCode.RESOURCE_EXHAUSTED, `client stream exceeded ${limit} items`, {
    details: { reason: "limit.maxClientStreamItems" },
  });
}

/** The trailer that ends the requests of a client stream says that they failed. */
export function badEnd(code: number): RpcError {
  return new RpcError(StatusCode.INTERNAL, `client sent non-OK EoI trailer (code=${code})`);
}

/** The trailer that ends requests: throws when it says of those of a client stream that they failed. */
export function checkEnd(payload: Uint8Array, route: Route, limits: RpcLimits): void {
  const status = decodeTrailer(payload, limits);
  if (status === undefined || status.cause instanceof Error) return;
  if (route.method.pattern === "client_stream") throw badEnd(status.code);
}
