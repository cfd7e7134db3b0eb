import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { decodeTrailer } from "../protocol/status-trailer.ts";
import { badEnd } from "../server/request-failure.ts";
import { StatusCode } from "../status.ts";

/** What is wrong with the trailer that ends the requests of a client stream: inside sessions it must be a status, and a good one. */
export function wrongEnd(payload: Uint8Array, limits: RpcLimits): RpcError | undefined {
  const status = decodeTrailer(payload, limits);
  if (status === undefined && payload.length > 0) return undefined;
  if (status === undefined || status.cause instanceof Error) {
    return new RpcError(StatusCode.INTERNAL, "malformed EoI trailer");
  }
  return badEnd(status.code);
}
