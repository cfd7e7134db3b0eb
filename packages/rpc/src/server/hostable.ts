import type { ServiceDefinition } from "@aster/contract";
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
 * that says what to do, to which nothing can be assigned.
 */
export type Hostable<T> = T extends ServiceImplementation
  ? T
  : T extends ServiceDefinition
    ? "a definition has no handlers: wrap it in implement(Definition, handlers)"
    : T extends abstract new (
          ...args: never[]
        ) => object
      ? T
      : IsAnyObject<T> extends true
        ? T
        : [HandlerKey<T>] extends [never]
          ? "not a service: pass an instance of a class with @service, or implement(Definition, handlers)"
          : T;

/** The option `services` of `AsterServer.start`, element by element. */
export type HostableServices<S extends readonly object[]> = {
  readonly [K in keyof S]: Hostable<S[K]>;
};
