import { capabilityCheck, type Interceptor, type Requirement } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

export interface CapabilityOptions {
  /**
   * The roles that a caller needs: for all methods of a service by its name, and for one method by
   * `Service.method`, with the names on the wire. Both hold together.
   */
  readonly requires: Readonly<Record<string, Requirement>>;
}

/**
 * Refuses calls on a server whose caller lacks a role, with PERMISSION_DENIED and before the
 * handler runs. `requires` in a service definition does the same without an interceptor.
 *
 * The roles are `call.roles`: those of the caller's admission, or those that an outer interceptor
 * passed on. It has no effect on a client. Throws `RpcError` INVALID_ARGUMENT for a value that is
 * not a requirement.
 */
export function capability(options: CapabilityOptions): Interceptor {
  checkNames("capability", options, ["requires"]);
  const refusalOf = capabilityCheck(options.requires);
  return function capability(call, next) {
    const refusal = call.side === "server" ? refusalOf(call) : undefined;
    if (refusal !== undefined) throw refusal;
    return next(call);
  };
}

/** `new CapabilityInterceptor(options)` is {@link capability}. */
export const CapabilityInterceptor: InterceptorClass<typeof capability> = interceptorClass(
  "CapabilityInterceptor",
  capability,
);
