import { type ConsumerEnrollmentCredential, formatCredential } from "@aster/trust";
import { abortedError } from "../client/call-failure.ts";
import { RpcError } from "../error.ts";
import { optionError } from "../option-check.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, setLimit } from "../time/clock.ts";

/** A credential: its JSON text, or the object that `signCredential` returns. */
export type Credential = string | ConsumerEnrollmentCredential;

/** A credential, or a function that returns the current one for each admission. */
export type CredentialOption = Credential | (() => Credential | Promise<Credential>);

/** Throws INVALID_ARGUMENT for a value that is neither a credential nor a function. */
export function checkCredential(option: CredentialOption | undefined): void {
  if (option === undefined || typeof option === "function" || isCredential(option)) return;
  throw optionError("credential", "JSON text, a credential or a function", option);
}

/**
 * The credential that a client presents at its admissions.
 *
 * `AsterClient` makes it from its option. A function is called for every admission.
 */
export class CredentialSource {
  readonly #option: CredentialOption | undefined;

  constructor(option: CredentialOption | undefined) {
    this.#option = option;
  }

  /**
   * The JSON text to present, `undefined` for none. Rejects with UNAUTHENTICATED when the function
   * fails, with DEADLINE_EXCEEDED when it takes longer than `withinMs`, and with the error of the
   * signal when that fires.
   */
  async next(withinMs: number, signal?: AbortSignal): Promise<string | undefined> {
    const option = this.#option;
    if (option === undefined) return undefined;
    if (typeof option !== "function") return textOf(option);
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
