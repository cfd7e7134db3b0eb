import type { PeerRetryRules } from "./retry-options.ts";

/** Tokens are counted in thousandths, so that ten tenths are one. */
const UNIT = 1000;

/**
 * The token bucket of one peer. It bounds the load that retries add to a server that fails: most of
 * the attempts must succeed.
 */
export class RetryTokens {
  readonly #max: number;
  readonly #ratio: number;
  #tokens: number;
  /** The last loss that a token was taken for. */
  #loss: object | undefined;

  constructor({ maxTokens, tokenRatio }: Pick<PeerRetryRules, "maxTokens" | "tokenRatio">) {
    this.#max = Math.round(maxTokens * UNIT);
    this.#ratio = Math.round(tokenRatio * UNIT);
    this.#tokens = this.#max;
  }

  /** A call has succeeded. */
  succeeded(): void {
    if (this.#tokens < this.#max) this.#tokens = Math.min(this.#max, this.#tokens + this.#ratio);
  }

  /**
   * Takes one token. Returns `false` when there is none. `loss` is an object that ended several
   * calls at once, such as the loss of their connection: all of them together take one token.
   */
  take(loss: object | undefined): boolean {
    if (loss !== undefined && loss === this.#loss) return true;
    if (this.#tokens < UNIT) return false;
    this.#tokens -= UNIT;
    this.#loss = loss ?? this.#loss;
    return true;
  }
}

/** The peers whose tokens an interceptor keeps. */
const MAX_PEERS = 10_000;

/** The token buckets of the peers that an interceptor has called last. */
export class PeerRetryTokens {
  readonly #rules: PeerRetryRules;
  readonly #peers = new Map<string, RetryTokens>();

  constructor(rules: PeerRetryRules) {
    this.#rules = rules;
  }

  of(peer: string): RetryTokens {
    const known = this.#peers.get(peer);
    if (known !== undefined) this.#peers.delete(peer);
    else if (this.#peers.size >= MAX_PEERS) {
      for (const oldest of this.#peers.keys()) {
        this.#peers.delete(oldest);
        break;
      }
    }
    const tokens = known ?? new RetryTokens(this.#rules);
    this.#peers.set(peer, tokens);
    return tokens;
  }
}
