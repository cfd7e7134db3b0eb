import {
  checkInteger,
  checkNonNegative,
  checkRange,
  type Given,
  optionError,
  unknownOption,
  withoutUndefined,
} from "../option-check.ts";
import { isStatusCode, StatusCode } from "../status.ts";

/** The most attempts that a call may have. */
export const MAX_ATTEMPTS = 5;

/** The rules by which the calls of a client are repeated. */
export interface RetryOptions {
  /** The attempts of one call, the first included: from 1 to 5. Default: 3. */
  readonly maxAttempts?: number | undefined;
  /**
   * The longest wait before the second attempt. Each wait is a random part of its longest, so that
   * clients do not all come back at once. Default: 100.
   */
  readonly initialBackoffMs?: number | undefined;
  /** The longest wait before each attempt is this many times the one before. Default: 2. */
  readonly multiplier?: number | undefined;
  /** The bound of the longest waits. Default: 5000. */
  readonly maxBackoffMs?: number | undefined;
  /**
   * The status codes after which an idempotent method is called again. Default: UNAVAILABLE.
   */
  readonly codes?: readonly StatusCode[] | undefined;
}

/** {@link RetryOptions} with the token bucket that all calls to one peer share. */
export interface PeerRetryOptions extends RetryOptions {
  /**
   * The size of the bucket, which is full at first. A further attempt takes one token; without one
   * the call ends with its error. Default: 10.
   */
  readonly maxTokens?: number | undefined;
  /** The part of a token that a successful call puts back. Default: 0.1. */
  readonly tokenRatio?: number | undefined;
}

/** All options have a value. */
export type PeerRetryRules = Required<Given<PeerRetryOptions>>;

const defaults: PeerRetryRules = {
  maxAttempts: 3,
  initialBackoffMs: 100,
  multiplier: 2,
  maxBackoffMs: 5000,
  codes: [StatusCode.UNAVAILABLE],
  maxTokens: 10,
  tokenRatio: 0.1,
};

const policyNames = ["maxAttempts", "initialBackoffMs", "multiplier", "maxBackoffMs", "codes"];
const peerNames = [...policyNames, "maxTokens", "tokenRatio"];

/** The options of a client or a call: `true` for the defaults, `false` for no retries. */
export type RetryChoice<O extends RetryOptions = RetryOptions> = O | boolean;

/**
 * Throws INVALID_ARGUMENT for an unknown option and one that is out of range. `path` is the name of
 * the option.
 */
export function checkRetryChoice(path: string, choice: unknown, withTokens: boolean): void {
  if (choice === undefined || typeof choice === "boolean") return;
  if (typeof choice !== "object" || choice === null || Array.isArray(choice)) {
    throw optionError(path, "an object, true or false", choice);
  }
  checkRetry(`${path}.`, choice, withTokens ? peerNames : policyNames);
}

/** As {@link checkRetryChoice}, for the argument of a function; `names` are its options. */
export function checkRetryArgument(
  factory: string,
  options: PeerRetryOptions,
  names: readonly string[] = peerNames,
): void {
  if (typeof options !== "object" || options === null) {
    throw optionError(`of ${factory}`, "an object", options);
  }
  checkRetry("", options, names);
}

function checkRetry(prefix: string, options: PeerRetryOptions, names: readonly string[]): void {
  const unknown = Object.keys(withoutUndefined(options)).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownOption(`${prefix}${unknown}`, names);
  const { maxAttempts, initialBackoffMs, multiplier, maxBackoffMs, codes, maxTokens, tokenRatio } =
    rulesOf(options);
  checkInteger(`${prefix}maxAttempts`, maxAttempts, 1, MAX_ATTEMPTS);
  checkNonNegative(`${prefix}initialBackoffMs`, initialBackoffMs);
  checkNonNegative(`${prefix}maxBackoffMs`, maxBackoffMs);
  checkNonNegative(`${prefix}maxTokens`, maxTokens);
  checkRange(`${prefix}tokenRatio`, tokenRatio, 0, 1);
  if (!(typeof multiplier === "number" && multiplier >= 1)) {
    throw optionError(`${prefix}multiplier`, "a number from 1 on", multiplier);
  }
  if (!(Array.isArray(codes) && codes.every(isRetried))) {
    throw optionError(`${prefix}codes`, "a list of status codes other than OK", codes);
  }
}

function isRetried(code: unknown): boolean {
  return typeof code === "number" && isStatusCode(code) && code !== StatusCode.OK;
}

/** Lays options that were checked over the defaults. */
export function rulesOf(options: PeerRetryOptions): PeerRetryRules {
  return { ...defaults, ...withoutUndefined(options) };
}
