import { TransportError } from "@aster/transport";
import { RpcError } from "../error.ts";
import { attempt } from "../error-fields.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { pushbackMs } from "./push-back.ts";
import {
  type PeerRetryOptions,
  type PeerRetryRules,
  type RetryChoice,
  rulesOf,
} from "./retry-options.ts";
import type { RetryTokens } from "./retry-tokens.ts";

/** An attempt of a call that has failed. */
export interface FailedAttempt {
  readonly error: unknown;
  /** No server has looked at this attempt. */
  readonly unprocessed: boolean;
  /** The number of attempts so far, this one included. */
  readonly attempts: number;
  readonly idempotent: boolean;
  /** As of `now()`; `Infinity` for none. */
  readonly deadlineAt: number;
}

/** Decides whether and when a call is repeated (docs/guide/retries.md). */
export class RetryPolicy {
  readonly rules: PeerRetryRules;

  /** The options were checked. */
  constructor(options: PeerRetryOptions = {}) {
    this.rules = rulesOf(options);
  }

  /**
   * Returns the wait before the next attempt, or `undefined` when the failure is the end of the
   * call. Takes a token, unless the failed attempt was not processed.
   */
  delayMs(failed: FailedAttempt, tokens: RetryTokens): number | undefined {
    const error = rpcErrorOf(failed.error);
    if (error === undefined || !this.#repeats(error, failed)) return undefined;
    const askedMs = pushbackMs(error);
    if (askedMs !== undefined && askedMs < 0) return undefined;
    const delayMs = askedMs ?? this.#jitteredMs(failed.attempts);
    if (now() + delayMs >= failed.deadlineAt) return undefined;
    if (!failed.unprocessed && !tokens.take(lossOf(error))) return undefined;
    return delayMs;
  }

  /** Returns true for a failure of an attempt after which another attempt may succeed. */
  isTransient(error: unknown): boolean {
    const { codes } = this.rules;
    return codes.some((code) => rpcErrorOf(error)?.code === code);
  }

  #repeats(error: RpcError, { attempts, unprocessed, idempotent }: FailedAttempt): boolean {
    if (attempts >= this.rules.maxAttempts) return false;
    if (unprocessed && error.is(StatusCode.UNAVAILABLE)) return true;
    return idempotent && this.isTransient(error);
  }

  /** Full jitter: a random part of the longest wait. */
  #jitteredMs(attempts: number): number {
    const { initialBackoffMs, multiplier, maxBackoffMs } = this.rules;
    return Math.random() * Math.min(initialBackoffMs * multiplier ** (attempts - 1), maxBackoffMs);
  }
}

/** The policy of checked options: `true` stands for the defaults, `false` for no retries. */
export function policyOf(
  choice: RetryChoice<PeerRetryOptions> | undefined,
): RetryPolicy | false | undefined {
  if (choice === undefined || choice === false) return choice;
  return new RetryPolicy(choice === true ? {} : choice);
}

function rpcErrorOf(error: unknown): RpcError | undefined {
  return error instanceof RpcError ? error : undefined;
}

/** The loss of a connection, which ends all calls on it with the same cause. */
function lossOf({ cause }: RpcError): object | undefined {
  return attempt(() => cause instanceof TransportError, false) ? (cause as object) : undefined;
}
