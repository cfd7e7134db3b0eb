import { inspect } from "node:util";
import { attempt, UNREADABLE } from "./error-fields.ts";
import { isPromiseLike } from "./message/message-pump.ts";

/** The name of the warnings, for `process.on("warning")`. */
const WARNING = "AsterHandlerError";

/**
 * Calls a function that the program passed as an option. An exception, and the rejection of a
 * promise that it returns, go to `failed`, which must not throw.
 */
export function runCallback(callback: () => unknown, failed: (cause: unknown) => void): void {
  try {
    watchResult(callback(), failed);
  } catch (cause) {
    failed(cause);
  }
}

/** Passes the rejection of a promise that a callback returned to `failed`. */
export function watchResult(result: unknown, failed: (cause: unknown) => void): void {
  if (isPromiseLike(result)) Promise.resolve(result).then(undefined, failed);
}

/**
 * Prints a failure of the program's own code as a process warning: with the cause and its stack, or
 * under `NODE_ENV=production` in one line. Never throws.
 */
export function printFailure(title: string, cause: unknown): void {
  const text = attempt(() => inspect(cause), UNREADABLE);
  const [first = ""] = text.split("\n", 1);
  const warning =
    process.env.NODE_ENV === "production"
      ? new Error(`${title}: ${first}`, { cause })
      : Object.assign(new Error(title, { cause }), { detail: text });
  warning.name = WARNING;
  process.emitWarning(warning);
}
