import type { InterceptedCall } from "../interceptor.ts";
import type { Route } from "./route.ts";
import type { ServerContext } from "./server-context.ts";

/** A call as the server's interceptors see it. */
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
    peer: context.peer,
    metadata: context.metadata,
    deadlineAt: context.deadlineAt === Number.POSITIVE_INFINITY ? undefined : context.deadlineAt,
    // asking for it makes it, so that only those who look pay
    get signal() {
      return context.signal;
    },
    request,
    context,
  };
}
