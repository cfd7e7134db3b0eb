import type { ContextInterceptor, InterceptedCall } from "@aster/contract";
import { optionError } from "./option-check.ts";
import { checkContextName } from "./server/context-name.ts";

/** Functions that return the values of a call's context, by name. */
export type ContextProviders = Readonly<Record<string, (call: InterceptedCall) => unknown>>;

/** The values that they return. */
export type ProvidedValues<P extends ContextProviders> = {
  readonly [K in keyof P]: Awaited<ReturnType<P[K]>>;
};

/**
 * Makes an interceptor that adds values to the context of handlers: the result of each function,
 * or what its promise resolves with. The functions of a call start at the same time. A function
 * that throws or rejects ends the call with that error. It has no effect on a client.
 *
 * ```ts
 * const identify = addContext({ user: (call) => users.find(call.peer) });
 * const handlers = { hello: (request, { user }) => ({ text: user.name }) };
 * implement(Hello, handlers, { interceptors: [identify] });
 * ```
 *
 * Throws `RpcError` INVALID_ARGUMENT for a name that every context has, such as `signal`.
 */
export function addContext<const P extends ContextProviders>(
  providers: P,
): ContextInterceptor<ProvidedValues<P>> {
  const entries = Object.entries(providers);
  for (const [name, provide] of entries) {
    checkContextName(name);
    if (typeof provide !== "function") throw optionError(`adds.${name}`, "a function", provide);
  }
  const adds = entries.map(([name]) => name);
  const interceptor = async (...[call, next]: Parameters<ContextInterceptor>): Promise<unknown> => {
    if (call.side === "client") return next(call);
    const results = await Promise.all(entries.map(([, provide]) => provide(call)));
    const values = Object.fromEntries(adds.map((name, at) => [name, results[at]]));
    return next({ ...call, values: { ...call.values, ...values } });
  };
  return Object.assign(interceptor, { adds });
}
