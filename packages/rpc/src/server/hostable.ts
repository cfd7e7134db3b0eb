import type { MissingNeeds, MissingValues, ServiceDefinition } from "@aster/contract";
import type { ServiceImplementation } from "./implement.ts";

/** A member of a value that could be the handler of a method. */
type HandlerKey<T> = {
  [K in keyof T]: T[K] extends (...args: never[]) => infer R
    ? [R] extends [object]
      ? K
      : never
    : never;
}[keyof T];

/** True for the type `object` itself, of lists whose elements are not known. */
type IsAnyObject<T> =
  (<G>() => G extends T ? 1 : 2) extends <G>() => G extends object ? 1 : 2 ? true : false;

/**
 * An element of `services`: the type itself for one that can be a service, and otherwise a text
 * that says what to do, to which nothing can be assigned. `Given` are the context values that the
 * interceptors of the server add.
 */
export type Hostable<T, Given = unknown> =
  T extends ServiceImplementation<infer Needed>
    ? Unless<MissingValues<Needed, Given>, T>
    : T extends ServiceDefinition
      ? "a definition has no handlers: wrap it in implement(Definition, handlers)"
      : T extends abstract new (
            ...args: never[]
          ) => infer I
        ? Unless<MissingNeeds<I, Given>, T>
        : IsAnyObject<T> extends true
          ? T
          : [HandlerKey<T>] extends [never]
            ? "not a service: pass an instance of a class with @service, or implement(Definition, handlers)"
            : Unless<MissingNeeds<T, Given>, T>;

type Unless<Missing, T> = [Missing] extends [never]
  ? T
  : `no interceptor of the server adds the context value "${Missing & string}", which the service needs`;

/** The option `services` of `AsterServer.start`, element by element. */
export type HostableServices<S extends readonly object[], Given = unknown> = {
  readonly [K in keyof S]: Hostable<S[K], Given>;
};
