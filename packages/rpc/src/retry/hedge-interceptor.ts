import type { Interceptor } from "@aster/contract";
import { checkNonNegative } from "../option-check.ts";
import { HedgedCall } from "./hedged-call.ts";
import { repeating } from "./repeating.ts";
import { checkRetryArgument, type PeerRetryOptions } from "./retry-options.ts";
import { RetryPolicy } from "./retry-policy.ts";
import { PeerRetryTokens } from "./retry-tokens.ts";

export interface HedgeOptions
  extends Pick<PeerRetryOptions, "maxAttempts" | "codes" | "maxTokens" | "tokenRatio"> {
  /**
   * The time from one attempt to the next while none has an answer: about the 95th percentile of
   * the usual durations. 0 makes all attempts at once.
   */
  readonly delayMs: number;
}

const names = ["delayMs", "maxAttempts", "codes", "maxTokens", "tokenRatio"];

/**
 * Makes an interceptor that makes further attempts of a call while the earlier ones run. The first
 * answer counts, and the other attempts are cancelled. An attempt that fails with one of `codes`
 * makes the next one begin at once; any other error ends the call.
 *
 * On a client that finds its peer in a registry, every second attempt goes to another producer. It
 * has an effect on unary calls of idempotent methods on a client, outside of sessions. Throws
 * INVALID_ARGUMENT for an option out of range.
 */
export function hedgeInterceptor(options: HedgeOptions): Interceptor {
  checkRetryArgument("hedge", options, names);
  const { delayMs, ...rest } = options;
  checkNonNegative("delayMs", delayMs);
  const policy = new RetryPolicy(rest);
  const peers = new PeerRetryTokens(policy.rules);
  return repeating(function hedge(call, next) {
    const { side, pattern, idempotent, inSession, peer } = call;
    if (side === "server" || pattern !== "unary" || !idempotent || inSession) return next(call);
    return new HedgedCall(call, next, { policy, delayMs, tokens: peers.of(peer) }).answer;
  });
}
