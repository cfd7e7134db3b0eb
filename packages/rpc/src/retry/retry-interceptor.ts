import type { Interceptor } from "@aster/contract";
import { streamsResponses } from "../interceptor-chain.ts";
import { Attempts } from "./attempts.ts";
import { repeating } from "./repeating.ts";
import { RetriedStream } from "./retried-stream.ts";
import { checkRetryArgument, type PeerRetryOptions } from "./retry-options.ts";
import { RetryPolicy } from "./retry-policy.ts";
import { PeerRetryTokens } from "./retry-tokens.ts";

/**
 * Makes an interceptor that repeats calls on a client (docs/guide/retries.md). The interceptors
 * behind it run for each attempt. It has no effect on a server, nor in a session.
 *
 * Throws INVALID_ARGUMENT for an option out of range.
 */
export function retryInterceptor(options: PeerRetryOptions = {}): Interceptor {
  checkRetryArgument("retry", options);
  const policy = new RetryPolicy(options);
  const peers = new PeerRetryTokens(policy.rules);
  return repeating(async function retry(call, next) {
    if (call.side === "server" || call.inSession) return next(call);
    const attempts = new Attempts(call, next, policy, peers.of(call.peer));
    const result = await attempts.result();
    if (streamsResponses(call.pattern)) return new RetriedStream(attempts, result);
    attempts.succeeded();
    return result;
  });
}
