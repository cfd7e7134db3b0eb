import type { InterceptedCall, Interceptor, Next } from "@aster/contract";
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
 * of an interceptor that does the same, where all interceptors outside of it are hooks, too.
 *
 * A function is called before the first call of each method on each client and server, and returns
 * the hooks of that method. For interceptors of single calls it is called before each of them.
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
  const interceptor: Interceptor = (call, next) => around(prepare(factsOf(call)), call, next);
  return Object.defineProperty(interceptor, HOOKS, { value: prepare });
}

/** Runs hooks as an interceptor, inside of one that is a function around `next`. */
function around(hooks: CallHooks, call: InterceptedCall, next: Next): Promise<unknown> {
  const passed = changed(call, hooks.begin?.(call));
  if (hooks.end === undefined) return next(passed);
  return observeCall(passed, next, (end) => hooks.end?.(end, call));
}

/** The facts alone: hooks of a method may keep them, and the call has its request. */
function factsOf(call: InterceptedCall): MethodFacts {
  const { side, service, version, method, pattern, idempotent, inSession } = call;
  return { side, service, version, method, pattern, idempotent, inSession };
}

/** Returns the call itself without changes, so that it costs nothing to pass it on. */
function changed(call: InterceptedCall, changes: CallChanges | undefined): InterceptedCall {
  if (changes === undefined) return call;
  const { metadata = call.metadata, deadlineAt = call.deadlineAt } = changes;
  return { ...call, metadata, deadlineAt, compression: changes.compression ?? call.compression };
}

/** The function that {@link callHooks} has made an interceptor of; `undefined` for another one. */
function hooksOf(interceptor: Interceptor): PrepareHooks | undefined {
  return (interceptor as HookedInterceptor)[HOOKS];
}

/** The interceptors of one method. */
export interface MethodInterceptors {
  /** The outermost interceptors, as far as they are hooks: the call runs them itself. */
  readonly prepares: readonly PrepareHooks[];
  /** The others, from the first that is not a hook on. Hooks among them are prepared once. */
  readonly wraps: readonly Interceptor[];
}

/** Divides the interceptors of one method. */
export function methodInterceptors(all: readonly Interceptor[]): MethodInterceptors {
  const prepares: PrepareHooks[] = [];
  for (const interceptor of all) {
    const prepare = hooksOf(interceptor);
    if (prepare === undefined) break;
    prepares.push(prepare);
  }
  return { prepares, wraps: all.slice(prepares.length).map(preparedOnce) };
}

function preparedOnce(interceptor: Interceptor): Interceptor {
  const prepare = hooksOf(interceptor);
  if (prepare === undefined) return interceptor;
  let hooks: CallHooks | undefined;
  return (call, next) => {
    hooks ??= prepare(factsOf(call));
    return around(hooks, call, next);
  };
}
