import { StatusCode, statusName } from "@aster/rpc";
import type { CallEnd, InterceptedCall } from "@aster/rpc/interceptor";
import type { Attributes } from "@opentelemetry/api";

// The attributes of spans and metrics: those of the OpenTelemetry semantic conventions 1.45 for
// RPC, and those of Aster under `rpc.aster.`.

/** The name of the tracer and the meter. */
export const SCOPE_NAME = "aster.rpc";
/** The version of the conventions. */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.45.0";

const SYSTEM = "aster";

/** The codes that are errors of the server. The others are faults of the caller, as in gRPC. */
const serverErrors: ReadonlySet<number> = new Set([
  StatusCode.UNKNOWN,
  StatusCode.DEADLINE_EXCEEDED,
  StatusCode.UNIMPLEMENTED,
  StatusCode.INTERNAL,
  StatusCode.UNAVAILABLE,
  StatusCode.DATA_LOSS,
]);

/** The value of `rpc.method`, which is also the name of the span. */
export function methodOf({ service, method }: InterceptedCall): string {
  return `${service}/${method}`;
}

/** The attributes of a span at its start. */
export function startAttributes(call: InterceptedCall): Attributes {
  return {
    "rpc.system.name": SYSTEM,
    "rpc.method": methodOf(call),
    // the server does not know under which address the caller dialled it
    [call.side === "client" ? "server.address" : "rpc.aster.peer"]: call.peer,
    "rpc.aster.pattern": call.pattern,
    "rpc.aster.idempotent": call.idempotent,
    ...(call.attempt > 1 ? { "rpc.aster.attempt": call.attempt } : undefined),
  };
}

/** The attributes of the end of a call, on its span and in the metric of durations. */
export function statusAttributes({ side }: InterceptedCall, code: number): Attributes {
  const status = statusName(code);
  const failed = side === "client" ? code !== StatusCode.OK : serverErrors.has(code);
  return { "rpc.status_code": status, ...(failed ? { "error.type": status } : undefined) };
}

/** The attributes of a call in the metric of durations. */
export function durationAttributes(call: InterceptedCall, code: number): Attributes {
  return {
    "rpc.system.name": SYSTEM,
    "rpc.method": methodOf(call),
    ...(call.side === "client" ? { "server.address": call.peer } : undefined),
    ...statusAttributes(call, code),
  };
}

/** The number of messages of a call. */
export function messageAttributes({ requests, responses }: CallEnd): Attributes {
  return { "rpc.aster.requests": requests, "rpc.aster.responses": responses };
}
