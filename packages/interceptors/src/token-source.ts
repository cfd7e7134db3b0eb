import { checkPositive, type InterceptedCall, now, optionError } from "@aster/rpc/interceptor";

/** A token that is sent with all calls for a time. */
export interface ExpiringToken {
  readonly token: string;
  /**
   * The time for which calls use the token, more than 0. Choose it shorter than the life of the
   * token, so that it is still valid when it arrives.
   */
  readonly expiresInMs: number;
}

type Token = string | ExpiringToken;

/** Returns a token for a call. */
export type TokenProvider = (call: InterceptedCall) => Token | Promise<Token>;

/** The tokens of a client. It keeps those that say when they expire. */
export class TokenSource {
  readonly #provider: TokenProvider;
  #kept: string | undefined;
  #keptUntil = 0;
  #keeps = false;
  #asking: Promise<string> | undefined;

  /** Throws INVALID_ARGUMENT for a value that is neither a text nor a function. */
  constructor(token: string | TokenProvider) {
    if (typeof token !== "string" && typeof token !== "function") {
      throw optionError("token", "a text or a function", token);
    }
    this.#provider = typeof token === "string" ? () => token : token;
  }

  /** The provider returns tokens that are kept. */
  get keeps(): boolean {
    return this.#keeps;
  }

  /** Returns the token for a call. Throws and rejects as the provider does. */
  async of(call: InterceptedCall): Promise<string> {
    if (this.#kept !== undefined && now() < this.#keptUntil) return this.#kept;
    if (!this.#keeps) return this.#ask(call);
    if (this.#asking !== undefined) {
      const shared = await this.#asking.catch(() => undefined);
      // a call that was cancelled must not fail the others that waited for its request
      return shared ?? this.#ask(call);
    }
    const asking = this.#ask(call);
    this.#asking = asking;
    try {
      return await asking;
    } finally {
      this.#asking = undefined;
    }
  }

  /** Drops a token that was refused. */
  forget(token: string): void {
    if (this.#kept === token) this.#kept = undefined;
  }

  async #ask(call: InterceptedCall): Promise<string> {
    const given = await this.#provider(call);
    if (typeof given === "string") return given;
    const { token, expiresInMs } = given;
    if (typeof token !== "string") throw optionError("token", "a text", undefined);
    checkPositive("expiresInMs", expiresInMs);
    this.#keeps = true;
    this.#kept = token;
    this.#keptUntil = now() + expiresInMs;
    return token;
  }
}
