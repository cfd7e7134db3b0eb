import { checkToken, fullStore, MOST_TOKENS, type NonceStore } from "./nonce-store.ts";

/** The size of the first prune. Later ones run when the size has doubled. */
const FIRST_PRUNE = 1_024;

/**
 * Returns a store that remembers the used tokens of one process. After a restart, tokens that have
 * not expired can be used again: `fileNonceStore` is for servers that restart.
 *
 * It holds at most 100 000 unexpired tokens and rejects further ones with `AdmissionError`
 * `"store"`.
 */
export function memoryNonceStore(): NonceStore {
  return new MemoryNonceStore();
}

class MemoryNonceStore implements NonceStore {
  /** The expiry of each used token in epoch seconds. */
  readonly #used: Map<string, number> = new Map();
  /** The latest expiry of the removed tokens. */
  #horizon = 0;
  #pruneAtSize = FIRST_PRUNE;

  async consume(nonce: string, expiresAt: number): Promise<boolean> {
    checkToken(nonce, expiresAt);
    if (this.#used.has(nonce)) return false;
    if (this.#used.size >= this.#pruneAtSize) this.#prune();
    // the token may have been removed before the wall clock was set back
    if (expiresAt <= this.#horizon) return false;
    this.#used.set(nonce, expiresAt);
    return true;
  }

  #prune(): void {
    const nowS = Date.now() / 1_000;
    for (const [nonce, expiresAt] of this.#used) {
      if (expiresAt > nowS) continue;
      this.#horizon = Math.max(this.#horizon, expiresAt);
      this.#used.delete(nonce);
    }
    if (this.#used.size >= MOST_TOKENS) throw fullStore();
    this.#pruneAtSize = Math.min(MOST_TOKENS, Math.max(FIRST_PRUNE, 2 * this.#used.size));
  }
}
