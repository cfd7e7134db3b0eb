import type { Interceptor } from "@aster/rpc/interceptor";

/** A factory of interceptors as a class: `new` returns what the factory returns. */
export type InterceptorClass<F extends (...options: never[]) => Interceptor> = new (
  ...options: Parameters<F>
) => ReturnType<F>;

/**
 * Makes the class form of a factory. The instances are functions, and thus not `instanceof` it.
 *
 * @__NO_SIDE_EFFECTS__
 */
export function interceptorClass<F extends (...options: never[]) => Interceptor>(
  name: string,
  factory: F,
): InterceptorClass<F> {
  function made(...options: Parameters<F>): Interceptor {
    return factory(...options);
  }
  return Object.defineProperty(made, "name", { value: name }) as unknown as InterceptorClass<F>;
}
