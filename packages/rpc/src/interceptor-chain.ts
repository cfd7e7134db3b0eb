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
export async function runInterceptor(
  interceptor: Interceptor,
  call: InterceptedCall,
  next: Next,
): Promise<unknown> {
  if (!streamsResponses(call.pattern)) return interceptor(call, next);
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
