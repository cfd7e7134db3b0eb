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
    get roles() {
      return context.roles;
    },
    metadata: context.metadata,
    deadlineAt: context.deadlineAt === Number.POSITIVE_INFINITY ? undefined : context.deadlineAt,
    // created on first use, so that calls without a listener do not pay for it
    get signal() {
      return context.signal;
    },
    request,
    context,
  };
}
