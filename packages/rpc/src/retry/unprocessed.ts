import { attempt } from "../error-fields.ts";

// The mark of errors of calls that no server has looked at. It is a property that this program sets
// and that is never sent, so that a status of the peer cannot have it.

/** The method that was called. */
interface Called {
  readonly service: string;
  readonly method: string;
}

/** Copies of this package recognise each other's marks. */
const MARK = Symbol.for("aster.unprocessed");

/**
 * Marks the error of a call that the server has not processed. The mark names the method, because
 * an interceptor can end a call with the error of another one.
 */
export function markUnprocessed<E extends Error>(error: E, called: Called): E {
  Object.defineProperty(error, MARK, { value: titleOf(called), configurable: true });
  return error;
}

/**
 * Returns true for the error of a call that no server has looked at: the client could not send it,
 * or the server refused its stream or drains. Such a call has had no effect, so that any method may
 * be called again. False only means that nothing is known.
 */
export function isUnprocessed(error: unknown): boolean {
  return markOf(error) !== undefined;
}

/** As {@link isUnprocessed}, for an error of this method only. */
export function isUnprocessedCall(error: unknown, called: Called): boolean {
  return markOf(error) === titleOf(called);
}

function titleOf({ service, method }: Called): string {
  return `${service}.${method}`;
}

function markOf(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return undefined;
  // the error of an interceptor may be a Proxy whose trap throws
  return attempt(() => (error as { [MARK]?: unknown })[MARK], undefined);
}
