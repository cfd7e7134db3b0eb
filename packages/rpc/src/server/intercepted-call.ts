import type { InterceptedCall } from "@aster/contract";
import type { Route } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

/** The argument of server interceptors. */
export function interceptedCall(
  route: Route,
  request: unknown,
  context: ServerContext,
): InterceptedCall {
  const { method, service } = route;
  return {
    side: "server",
    service: service.definition.name,
    version: service.definition.version,
    method: method.name,
    pattern: method.pattern,
    idempotent: method.idempotent,
    inSession: service.definition.scoped === "session",
    attempt: 1,
    peer: context.peer,
    roles: context.roles,
    metadata: context.metadata,
    deadlineAt: context.deadlineAt === Number.POSITIVE_INFINITY ? undefined : context.deadlineAt,
    // not as getters: V8 makes a hidden class for each object with getters of its own
    signal: context.signal,
    request,
    context,
    compression: context.compression,
  };
}
