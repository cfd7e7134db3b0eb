import type { Interceptor } from "@aster/contract";

/** Copies of this package recognise each other's interceptors. */
const MARK = Symbol.for("aster.repeatsCalls");

/** Marks an interceptor that decides on further attempts, so that its client does not. */
export function repeating(interceptor: Interceptor): Interceptor {
  return Object.defineProperty(interceptor, MARK, { value: true });
}

/** Returns true for an interceptor that was marked by {@link repeating}. */
export function isRepeating(interceptor: Interceptor): boolean {
  return MARK in interceptor;
}

/** Returns true if one of these interceptors was marked by {@link repeating}. */
export function repeatsCalls(interceptors: readonly Interceptor[] | undefined): boolean {
  return interceptors?.some(isRepeating) ?? false;
}
