import { RpcError, RpcReason, StatusCode } from "@aster/rpc";
import {
  checkInteger,
  checkPositive,
  type InterceptedCall,
  type Interceptor,
  MAX_PUSHBACK_MS,
  now,
  optionError,
  pause,
} from "@aster/rpc/interceptor";
import { BoundedTable } from "./bounded-table.ts";
import { type KeyedScope, keyedScope, type ScopeOptions, scopeOptions } from "./call-scope.ts";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";
import { type BucketRate, TokenBucket } from "./token-bucket.ts";

export interface RateLimitOptions extends ScopeOptions {
  /** The calls per second that a scope may make in the long run. Default: 100. */
  readonly ratePerSecond?: number | undefined;
  /** The calls that a scope may make at once after a pause. Default: those of one second. */
  readonly burst?: number | undefined;
  /**
   * `"refuse"`: a call above the rate fails at once. `"wait"`: it waits for its turn, unless its
   * deadline would pass before. Default: `"refuse"`.
   */
  readonly mode?: "refuse" | "wait" | undefined;
  /** The calls of a scope that may wait. Default: 1000. */
  readonly maxQueue?: number | undefined;
  /**
   * The scopes that are counted on their own. While all of them are in use, further ones share one
   * bucket. Default: 10 000.
   */
  readonly maxKeys?: number | undefined;
}

const names = ["ratePerSecond", "burst", "mode", "maxQueue", "maxKeys", ...scopeOptions];

/**
 * Bounds the rate of calls by token buckets, on clients and servers. A call takes one token when it
 * begins, also one that streams. Default scope: `"global"`.
 *
 * A call without a token fails with RESOURCE_EXHAUSTED, reason `limit.rate`; the details contain
 * `retryAfterMs` and the push-back for retries.
 */
export function rateLimit(options: RateLimitOptions = {}): Interceptor {
  checkNames("rateLimit", options, names);
  const { mode = "refuse" } = options;
  if (mode !== "refuse" && mode !== "wait") throw optionError("mode", '"refuse" or "wait"', mode);
  const limit = new RateLimit(options);
  // the name appears in errors
  return function rateLimit(call, next) {
    const bucket = limit.bucketOf(call);
    if (bucket.line === undefined) {
      const waitMs = bucket.take(now());
      if (waitMs === 0) return next(call);
      if (mode === "refuse") throw limit.exceeded(waitMs);
    }
    return limit.wait(bucket, call).then(() => next(call));
  };
}

/** `new RateLimitInterceptor(options)` is {@link rateLimit}. */
export const RateLimitInterceptor: InterceptorClass<typeof rateLimit> = interceptorClass(
  "RateLimitInterceptor",
  rateLimit,
);

class RateLimit {
  readonly #scope: KeyedScope;
  readonly #ratePerSecond: number;
  readonly #rate: BucketRate;
  readonly #maxQueue: number;
  readonly #buckets: BoundedTable<TokenBucket>;
  /** The bucket of keys for which there is no other. */
  readonly #shared: TokenBucket;

  constructor(options: RateLimitOptions) {
    const { ratePerSecond = 100, maxQueue = 1000, maxKeys = 10_000 } = options;
    checkPositive("ratePerSecond", ratePerSecond);
    const { burst = Math.ceil(ratePerSecond) } = options;
    if (burst !== Number.POSITIVE_INFINITY) {
      checkInteger("burst", burst, 1, Number.MAX_SAFE_INTEGER);
    }
    checkInteger("maxQueue", maxQueue, 0, Number.MAX_SAFE_INTEGER);
    checkInteger("maxKeys", maxKeys, 1, Number.MAX_SAFE_INTEGER);
    this.#scope = keyedScope(options, "global");
    this.#ratePerSecond = ratePerSecond;
    this.#rate = {
      intervalMs: 1000 / ratePerSecond,
      burst: Math.min(burst, Number.MAX_SAFE_INTEGER),
    };
    this.#maxQueue = maxQueue;
    this.#buckets = new BoundedTable(maxKeys, (bucket) => bucket.isFull(now()));
    this.#shared = new TokenBucket(this.#rate);
  }

  bucketOf(call: InterceptedCall): TokenBucket {
    const key = this.#scope.keyOf(call);
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(this.#rate);
    return this.#buckets.add(key, bucket) ? bucket : this.#shared;
  }

  /** Resolves when the call has a token. Rejects at its end, or at once if it would not get one. */
  async wait(bucket: TokenBucket, call: InterceptedCall): Promise<void> {
    const { signal, deadlineAt = Number.POSITIVE_INFINITY } = call;
    const waiting = bucket.line === undefined ? 0 : bucket.line.waiting + 1;
    const turnMs = bucket.waitMs(now(), waiting + 1);
    if (waiting >= this.#maxQueue || now() + turnMs >= deadlineAt) throw this.exceeded(turnMs);
    await bucket.enter().take(signal);
    try {
      for (;;) {
        const waitMs = bucket.take(now());
        if (waitMs === 0) return;
        await pause(waitMs, signal);
      }
    } finally {
      bucket.leave();
    }
  }

  exceeded(waitMs: number): RpcError {
    const wholeMs = Math.max(1, Math.ceil(waitMs));
    return new RpcError(
      StatusCode.RESOURCE_EXHAUSTED,
      `Rate limit exceeded (${this.#ratePerSecond}/s per ${this.#scope.title})`,
      {
        details: { reason: RpcReason.LIMIT_RATE, retryAfterMs: String(wholeMs) },
        retryPushbackMs: wholeMs <= MAX_PUSHBACK_MS ? wholeMs : -1,
      },
    );
  }
}
