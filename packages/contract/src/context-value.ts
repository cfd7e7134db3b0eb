import type { CallContext } from "./call-context.ts";
import type { ContextInterceptor } from "./interceptor.ts";

/** The type of a value that handlers find in their context. {@link contextValue} makes it. */
export interface ContextValue<T> {
  readonly kind: "context-value";
  /** Never set: for the compiler only. */
  "~type"?(): T;
}

/** The values that handlers need in their context, by name. */
export type ContextNeeds = Readonly<Record<string, ContextValue<unknown>>>;

/** Names the type of a value in `needs`: `{ needs: { user: contextValue<User>() } }`. */
export function contextValue<T>(): ContextValue<T> {
  return Object.freeze({ kind: "context-value" });
}

/** The members of the context that `needs` describes. */
export type NeededValues<N> = N extends ContextNeeds
  ? { readonly [K in keyof N]: N[K] extends ContextValue<infer T> ? T : never }
  : unknown;

type AddedByOne<I> = I extends ContextInterceptor<infer V> ? V : unknown;

/** The members that a list of interceptors adds to the context of handlers. */
export type AddedValues<I> = I extends readonly [infer First, ...infer Rest]
  ? AddedByOne<First> & AddedValues<Rest>
  : I extends readonly []
    ? unknown
    : I extends readonly (infer One)[]
      ? AddedByOne<One>
      : unknown;

/**
 * The context of a handler, in a class with decorators, that uses values which interceptors of the
 * server add. `AsterServer.start` then checks the type of its interceptors.
 */
export type NeedsContext<V extends object> = CallContext & V & { "~needs"?(): V };
