// The stack of a call's error. Most errors of calls are made inside a callback of the transport, so
// that their own stack does not say where the program made the call.
import type { RpcError } from "./error.ts";

const marked = new WeakSet<object>();

/** Marks an error that belongs to one call and has no stack that the program can use. */
export function atCall<E extends RpcError>(error: E): E {
  marked.add(error);
  return error;
}

export function isAtCall(error: unknown): error is RpcError {
  return typeof error === "object" && error !== null && marked.has(error);
}

/**
 * Replaces the stack of an error that {@link atCall} has marked by the present one, which includes
 * the async functions that wait for the current one. Returns the error.
 */
export function withStack<E>(error: E): E {
  if (isAtCall(error)) Error.captureStackTrace(error, withStack);
  return error;
}

/**
 * Rejects with an error that {@link atCall} has marked. When another promise is resolved with the
 * result, the stack shows the async functions that await that promise.
 */
export async function rejection(error: RpcError): Promise<never> {
  // by then the other promise waits for this one, so that V8 finds the way to its reader
  await undefined;
  await undefined;
  Error.captureStackTrace(error, rejection);
  throw error;
}
