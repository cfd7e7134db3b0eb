import type { Interceptor } from "@aster/contract";
import { repeatsCalls } from "./repeating.ts";
import { type PeerRetryOptions, type RetryChoice, rulesOf } from "./retry-options.ts";
import { policyOf, type RetryPolicy } from "./retry-policy.ts";
import { RetryTokens } from "./retry-tokens.ts";

/** The retries of the calls of one client. */
export interface CallRetries {
  /** For calls without a policy of their own; `undefined`: none. */
  readonly policy: RetryPolicy | undefined;
  /** Shared by all calls to the peer. */
  readonly tokens: RetryTokens;
}

/**
 * Makes the retries of a client from its checked options. A client with an interceptor that repeats
 * calls leaves that to it. `tokens` are those of the peer, if other clients share them.
 */
export function callRetries(
  choice: RetryChoice<PeerRetryOptions>,
  interceptors: readonly Interceptor[] | undefined,
  tokens: RetryTokens | undefined,
): CallRetries {
  const policy = repeatsCalls(interceptors) ? undefined : policyOf(choice) || undefined;
  return { policy, tokens: tokens ?? retryTokens(choice) };
}

/** Makes the token bucket of a peer from checked options. */
export function retryTokens(choice: RetryChoice<PeerRetryOptions>): RetryTokens {
  return new RetryTokens(rulesOf(typeof choice === "object" ? choice : {}));
}
