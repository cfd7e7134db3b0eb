import type { CallContext } from "./call-context.ts";
import type { AddedValues, NeededValues } from "./context-value.ts";

// Checks by the compiler that handlers get the context values that they use.

/** The values that the options of an implementation give to its handlers. */
export type AttachedValues<O> = (O extends { readonly interceptors: infer I }
  ? AddedValues<I>
  : unknown) &
  (O extends { readonly needs: infer N } ? NeededValues<N> : unknown);

/** The names of the values in `Needed` that `Given` lacks. */
export type MissingValues<Needed, Given> = [Given] extends [Needed]
  ? never
  : { [K in keyof Needed]: Given extends Pick<Needed, K> ? never : K }[keyof Needed];

/** A part of every context, by which the parameter of a method is recognized. */
type AnyContext = Pick<CallContext, "service" | "method" | "peer" | "requestId">;

/** The values that a method uses in its context, besides the members of every context. */
type UsedBy<F> = F extends (request: never, context: infer C) => unknown
  ? C extends AnyContext
    ? Omit<C, keyof CallContext | "~needs">
    : unknown
  : unknown;

type NeededBy<F> = F extends (request: never, context: infer C) => unknown
  ? C extends AnyContext & { "~needs"?(): infer V }
    ? V
    : unknown
  : unknown;

/** The names of the values that the methods of an instance use and `Given` lacks. */
type MissingInClass<I, Given> = { [K in keyof I]: MissingValues<UsedBy<I[K]>, Given> }[keyof I];

/** The names of the values that the methods of an instance declare to need and `Given` lacks. */
export type MissingNeeds<I, Given> = {
  [K in keyof I]: MissingValues<NeededBy<I[K]>, Given>;
}[keyof I];

/**
 * The type itself for a class whose methods use only the context values `Given`; otherwise a text,
 * to which no class can be assigned.
 */
export type ContextCheck<C extends abstract new (...args: never[]) => unknown, Given> = [
  MissingInClass<InstanceType<C>, Given>,
] extends [never]
  ? unknown
  : `no interceptor of the class adds the context value "${MissingInClass<InstanceType<C>, Given> & string}"; attach one, or list the value in needs`;
