import type { InterceptedCall, Interceptor, MethodPattern, Next } from "@aster/contract";
import { currentScope } from "./context.ts";
import { optionError } from "./option-check.ts";
import { scoped } from "./scoped-stream.ts";

/** Throws INVALID_ARGUMENT for an option that is not a list of functions. */
export function checkInterceptors(list: unknown, option = "interceptors"): void {
  if (list === undefined) return;
  if (Array.isArray(list) && list.every((one) => typeof one === "function")) return;
  throw optionError(option, "a list of functions", list);
}

/**
 * Returns one `Next` for a list of interceptors. An error that an interceptor throws synchronously
 * rejects the promise, like one that it throws later.
 */
export function chain(interceptors: readonly Interceptor[], last: Next): Next {
  return interceptors.reduceRight<Next>(
    (next, interceptor) => (call) => runInterceptor(interceptor, call, next),
    last,
  );
}

/**
 * Runs one interceptor. A stream that it makes itself runs in the async context of this call, as
 * its other code does.
 */
export function runInterceptor(
  interceptor: Interceptor,
  call: InterceptedCall,
  next: Next,
): Promise<unknown> {
  return streamsResponses(call.pattern)
    ? runAroundStream(interceptor, call, next)
    : promiseOf(() => interceptor(call, next));
}

/** Returns the result of `work` as a promise, which rejects with what it throws. */
export function promiseOf(work: () => unknown): Promise<unknown> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}

async function runAroundStream(
  interceptor: Interceptor,
  call: InterceptedCall,
  next: Next,
): Promise<unknown> {
  const scope = currentScope();
  const passed = new Set<unknown>();
  const result = await interceptor(call, async (inner) => {
    const stream = await next(inner);
    passed.add(stream);
    return stream;
  });
  return passed.has(result) ? result : scoped(result, scope);
}

export function streamsResponses(pattern: MethodPattern): boolean {
  return pattern === "server_stream" || pattern === "bidi_stream";
}

export function streamsRequests(pattern: MethodPattern): boolean {
  return pattern === "client_stream" || pattern === "bidi_stream";
}
