import type { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { LogFields } from "./log.ts";

/** A call as its log lines show it. */
export interface LoggedCall {
  readonly requestId: string;
  readonly service: string;
  readonly method: string;
  readonly peer: string;
}

/** The fields of a call that began at this time, as of `now()`, and ended with this error or OK. */
export function fieldsOf(
  { requestId, service, method, peer }: LoggedCall,
  startedAt: number,
  error: RpcError | undefined,
): LogFields {
  return {
    request_id: requestId,
    service,
    method,
    peer,
    duration_ms: rounded(now() - startedAt),
    status_code: error?.code ?? StatusCode.OK,
    reason: error?.details.reason,
    error,
  };
}

/** A duration with microseconds. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
