import { RpcError } from "./error.ts";
import { RpcReason } from "./reason.ts";
import { isSecretKey } from "./secret-keys.ts";
import { StatusCode } from "./status.ts";
import { isBytes } from "./value-kind.ts";

/**
 * The error for a bad option value: INVALID_ARGUMENT with the details `reason:
 * RpcReason.OPTION_INVALID` and `option`.
 *
 * `option` is the path of the option, for example `limits.maxCalls`. `expected` completes the
 * sentence "option … must be".
 */
export function optionError(option: string, expected: string, value: unknown): RpcError {
  const got = isSecretKey(option) ? hiddenValue(value) : shownValue(value);
  return invalid(option, `option ${option} must be ${expected}, got ${got}`);
}

/** The same error for a value that another package refuses, with its text and as its cause. */
export function refusedOption(option: string, cause: Error): RpcError {
  return invalid(option, `option ${option}: ${cause.message}`, cause);
}

/** The same error with a text of its own. */
export function invalidOption(option: string, problem: string, cause?: Error): RpcError {
  return invalid(option, `option ${option}: ${problem}`, cause);
}

/** The same error for a setting of a file or a variable. The text names its place. */
export function invalidSetting(option: string, text: string, cause?: Error): RpcError {
  return invalid(option, text, cause);
}

/** The same error for an option that does not exist; `known` are the names that do. */
export function unknownOption(option: string, known: readonly string[]): RpcError {
  return invalid(option, `unknown option ${option}; use ${known.join(", ")}`);
}

function invalid(option: string, text: string, cause?: Error): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, text, {
    cause,
    details: { reason: RpcReason.OPTION_INVALID, option },
  });
}

/** Options without those that are `undefined`. */
export type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** Returns a copy without the options that are `undefined`, to be laid over defaults. */
export function withoutUndefined<T extends object>(options: T): Given<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Given<T>;
}

/** Throws {@link optionError} unless `value` is a number from 0 on; `Infinity` passes. */
export function checkNonNegative(option: string, value: number): void {
  if (typeof value === "number" && value >= 0) return;
  throw optionError(option, `a non-negative number${unitOf(option)}`, value);
}

/** Throws {@link optionError} unless `value` is a number above 0; `Infinity` passes. */
export function checkPositive(option: string, value: number): void {
  if (typeof value === "number" && value > 0) return;
  throw optionError(option, `a positive number${unitOf(option)}`, value);
}

/** Throws {@link optionError} unless `value` is a number from `least` to `most`. */
export function checkRange(option: string, value: number, least: number, most: number): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  throw optionError(option, `a number from ${least} to ${most}`, value);
}

/** Throws {@link optionError} unless `value` is an integer from `least` to `most`. */
export function checkInteger(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw optionError(option, `an integer from ${least} to ${most}`, value);
}

/** The unit of an option that has it in its name. */
function unitOf(option: string): string {
  return option.endsWith("Ms") ? " of milliseconds" : "";
}

/** Shows the kind and the size of a value that may be a secret. */
export function hiddenValue(value: unknown): string {
  return typeof value === "string" ? `a text of ${value.length} characters` : shownValue(value);
}

/** Shows no more of bytes than their number, because they may be a secret key. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isBytes(value)) return `${value.length} bytes`;
  if (typeof value === "function" || (typeof value === "object" && value !== null)) {
    return `a value of type ${typeof value}`;
  }
  return String(value);
}
