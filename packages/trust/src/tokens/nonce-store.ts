import { AdmissionError } from "../error.ts";

/**
 * Remembers which one-time tokens were used. Stores fail closed: a token whose use cannot be
 * recorded is not accepted.
 */
export interface NonceStore {
  /**
   * Records the use of a token. Resolves with `true` exactly once per nonce, and with `false` for a
   * nonce that was used before or whose token has expired. Rejects if the use cannot be recorded.
   *
   * `nonce` has 64 lower-case hex characters, `expiresAt` is the end of the token in epoch seconds.
   * The store may forget the nonce after that time.
   */
  consume(nonce: string, expiresAt: number): Promise<boolean>;
}

/** The most unexpired tokens that a store holds. */
export const MOST_TOKENS = 100_000;

const NONCE = /^[0-9a-f]{64}$/;

export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

/** Throws {@link AdmissionError} `"option"` for a token that is not well-formed. */
export function checkToken(nonce: string, expiresAt: number): void {
  if (typeof nonce !== "string" || !isNonce(nonce)) {
    // the nonce is a secret, so the message does not repeat it
    throw new AdmissionError("option", "a nonce must be 64 lower-case hex characters");
  }
  if (!Number.isSafeInteger(expiresAt) || expiresAt < 0) {
    throw new AdmissionError(
      "option",
      `expiresAt must be a whole number of epoch seconds, got ${String(expiresAt)}`,
    );
  }
}

/** The error of a store that holds as many tokens as it may. */
export function fullStore(): AdmissionError {
  return new AdmissionError(
    "store",
    `the token store holds ${MOST_TOKENS} unexpired tokens; issue tokens that expire sooner`,
  );
}
