import { AdmissionError, type ConsumerEnrollmentCredential, formatCredential } from "@aster/trust";
import { abortedError } from "../client/call-failure.ts";
import { RpcError } from "../error.ts";
import { optionError } from "../option-check.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, setLimit } from "../time/clock.ts";
import { credentialFacts } from "./credential-facts.ts";

/** A credential: its JSON text, or the object that `signCredential` returns. */
export type Credential = string | ConsumerEnrollmentCredential;

/** A credential, or a function that returns the current one for each admission. */
export type CredentialOption = Credential | (() => Credential | Promise<Credential>);

/** A credential at one admission. */
export interface Presented {
  /** The JSON text; `undefined` for none. */
  readonly credentialJson: string | undefined;
  /** The client asks for a new credential. */
  readonly renew: boolean;
}

/** Throws INVALID_ARGUMENT for a value that is neither a credential nor a function. */
export function checkCredential(option: CredentialOption | undefined): void {
  if (option === undefined || typeof option === "function" || isCredential(option)) return;
  throw optionError("credential", "JSON text, a credential or a function", option);
}

/**
 * The credential that a client presents at its admissions.
 *
 * `AsterClient` makes it from its option. A function is called for every admission. Otherwise the
 * client asks the server for a new credential when it renews its admission, and after a one-time
 * token. That credential replaces the given one.
 */
export class CredentialSource {
  readonly #option: CredentialOption | undefined;
  #issued: string | undefined;

  constructor(option: CredentialOption | undefined) {
    this.#option = option;
  }

  /** The client has no credential. */
  get isEmpty(): boolean {
    return this.#option === undefined;
  }

  /**
   * The credential for the next admission; `again` if the client is connected. Rejects with
   * UNAUTHENTICATED when the function fails, with DEADLINE_EXCEEDED when it takes longer than
   * `withinMs`, with the error of the signal when that fires, and with `AdmissionError` `"denied"`
   * for a one-time token that is used.
   */
  async next(again: boolean, withinMs: number, signal?: AbortSignal): Promise<Presented> {
    const option = this.#option;
    if (typeof option === "function") {
      return { credentialJson: await this.#provided(option, withinMs, signal), renew: false };
    }
    if (option === undefined) return { credentialJson: undefined, renew: false };
    const credentialJson = this.#issued ?? textOf(option);
    const { oneTime } = credentialFacts(credentialJson);
    if (oneTime && again) throw new AdmissionError("denied", "the one-time token was used before");
    return { credentialJson, renew: oneTime || again };
  }

  /** The server issued a credential for later admissions. */
  issued(text: string): void {
    if (typeof this.#option !== "function") this.#issued = text;
  }

  async #provided(
    option: () => Credential | Promise<Credential>,
    withinMs: number,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const late = new AbortController();
    const timer = setLimit(() => late.abort(tooLate()), withinMs);
    const stop = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
    try {
      return await Promise.race([provided(option), stopped(stop)]);
    } finally {
      clearTimer(timer);
    }
  }
}

async function provided(provide: () => Credential | Promise<Credential>): Promise<string> {
  try {
    return textOf(await provide());
  } catch (cause) {
    // the text of the failure may contain a secret
    throw new RpcError(
      StatusCode.UNAUTHENTICATED,
      "the function in the option credential failed or returned no credential; its error is the cause",
      { cause, details: { reason: RpcReason.ADMISSION_CREDENTIAL } },
    );
  }
}

function isCredential(value: unknown): value is Credential {
  if (typeof value === "string") return true;
  return typeof value === "object" && value !== null && "signature" in value;
}

function textOf(credential: Credential): string {
  if (!isCredential(credential)) throw new TypeError("the value is not a credential");
  return typeof credential === "string" ? credential : formatCredential(credential);
}

/** Rejects when the signal fires. Nothing but the promise refers to the signal. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(abortedError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function tooLate(): DOMException {
  return new DOMException(
    "the function in the option credential did not return in time",
    "TimeoutError",
  );
}
