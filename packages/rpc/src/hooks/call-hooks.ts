import type { InterceptedCall, Interceptor } from "@aster/contract";
import { type CallEnd, observeCall } from "../observe-call.ts";

/** The facts that all calls of one method share. */
export type MethodFacts = Pick<
  InterceptedCall,
  "side" | "service" | "version" | "method" | "pattern" | "idempotent" | "inSession"
>;

/** The facts of one call. `begin` and `end` of a call get the same object. */
export type CallFacts = MethodFacts &
  Pick<
    InterceptedCall,
    "attempt" | "peer" | "roles" | "metadata" | "deadlineAt" | "compression" | "context"
  >;

/** The parts of a call that `begin` may change, as an interceptor may in the call it passes on. */
export type CallChanges = Partial<Pick<InterceptedCall, "metadata" | "deadlineAt" | "compression">>;

/** The functions of {@link callHooks}. */
export interface CallHooks {
  /** Runs before the call. Returns its changes, if any. What it throws ends the call. */
  begin?(call: CallFacts): CallChanges | undefined;
  /**
   * Runs once when the call is over, as the callback of {@link observeCall} does and in the same
   * async context. An error that it throws is printed as a warning.
   */
  end?(end: CallEnd, call: CallFacts): void;
}

/** Returns the hooks of one method. */
export type PrepareHooks = (method: MethodFacts) => CallHooks;

/** Copies of this package recognise each other's interceptors. */
const HOOKS = Symbol.for("aster.callHooks");

type HookedInterceptor = Interceptor & { readonly [HOOKS]?: PrepareHooks };

/**
 * Makes an interceptor of two functions that run at the start and at the end of calls. It sees what
 * `observeCall` reports, and can change metadata, deadline and compression. The call runs the
 * functions itself: there is no `next`, and no promise or stream is wrapped. So it costs a fraction
 * of an interceptor that does the same, where no other interceptor is outside of it, and on a
 * client none is inside of it.
 *
 * A function is called before the first call of each method on each client and server, and returns
 * the hooks of that method.
 *
 * ```ts
 * const log = callHooks(({ service, method }) => {
 *   const title = `${service}/${method}`;
 *   return { end: ({ code, durationMs }) => console.log(title, statusName(code), durationMs) };
 * });
 * ```
 */
export function callHooks(hooks: CallHooks | PrepareHooks): Interceptor {
  const prepare: PrepareHooks = typeof hooks === "function" ? hooks : () => hooks;
  const interceptor: Interceptor = (call, next) => {
    const hooks = prepare(call);
    const passed = changed(call, hooks.begin?.(call));
    if (hooks.end === undefined) return next(passed);
    return observeCall(passed, next, (end) => hooks.end?.(end, call));
  };
  return Object.defineProperty(interceptor, HOOKS, { value: prepare });
}

/** Returns the call itself without changes, so that it costs nothing to pass it on. */
function changed(call: InterceptedCall, changes: CallChanges | undefined): InterceptedCall {
  if (changes === undefined) return call;
  const { metadata = call.metadata, deadlineAt = call.deadlineAt } = changes;
  return { ...call, metadata, deadlineAt, compression: changes.compression ?? call.compression };
}

/** The function that {@link callHooks} has made an interceptor of; `undefined` for another one. */
export function hooksOf(interceptor: Interceptor): PrepareHooks | undefined {
  return (interceptor as HookedInterceptor)[HOOKS];
}
