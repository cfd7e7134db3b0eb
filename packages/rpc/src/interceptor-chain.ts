import type { Interceptor, Next } from "@aster/contract";

/**
 * Returns one `Next` for a list of interceptors. An error that an interceptor throws synchronously
 * rejects the promise, like one that it throws later.
 */
export function chain(interceptors: readonly Interceptor[], last: Next): Next {
  return interceptors.reduceRight<Next>(
    (next, interceptor) => async (call) => interceptor(call, next),
    last,
  );
}
