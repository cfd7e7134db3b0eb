import { wrongOption } from "../option.ts";
import { isEpochSeconds } from "./rules.ts";

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const DEFAULT_TERM = "30d";

/** The end of a credential to sign. At most one of the two. */
export interface ExpiryOptions {
  /** The term from now: `"30d"`, `"24h"`, `"15m"`, or seconds as in `"90"`. Default: `"30d"`. */
  readonly expiresIn?: string | undefined;
  /** Epoch seconds. */
  readonly expiresAt?: number | undefined;
}

/** The end in epoch seconds. Throws {@link AdmissionError} `"option"`. */
export function expiryOf({ expiresIn, expiresAt }: ExpiryOptions): number {
  if (expiresAt === undefined) {
    return Math.floor(Date.now() / 1_000) + secondsOf(expiresIn ?? DEFAULT_TERM);
  }
  if (expiresIn !== undefined) {
    throw wrongOption("expiresIn", "absent where expiresAt is given", expiresIn);
  }
  if (isEpochSeconds(expiresAt)) return expiresAt;
  throw wrongOption("expiresAt", "a whole number of epoch seconds", expiresAt);
}

function secondsOf(term: string): number {
  const [, digits = "", unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(term) ?? [];
  const seconds = Number(digits) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  if (seconds > 0) return seconds;
  throw wrongOption("expiresIn", 'a term such as "30d", "24h", "15m" or "90"', term);
}
