import { CodecError } from "./error.ts";
import { kindOf, quote } from "./failure.ts";
import { type CodecLimitOptions, type CodecLimits, defaultLimits } from "./limits.ts";

// One form for all errors about options. Functions with options call these checks first.

/** Makes the error for an option: `rule` says what it must be, `hint` what to do. */
export function badOption(name: string, rule: string, value: unknown, hint?: string): CodecError {
  const more = hint === undefined ? "" : `; ${hint}`;
  return new CodecError("option", `option ${name} must be ${rule}, got ${shown(value)}${more}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  const plain = typeof value === "number" || typeof value === "boolean" || value === undefined;
  return plain ? String(value) : kindOf(value);
}

/** Returns the limits of a codec: the default for each that is not given. */
export function limitsOf(given: CodecLimitOptions | undefined): CodecLimits {
  const limits = { ...defaultLimits };
  if (given === undefined) return Object.freeze(limits);
  if (typeof given !== "object" || given === null) throw badOption("limits", "an object", given);
  for (const name of Object.keys(limits) as (keyof CodecLimits)[]) {
    const value: unknown = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw badOption(`limits.${name}`, "a non-negative integer", value);
    }
    limits[name] = value;
  }
  return Object.freeze(limits);
}

export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  const texts = choices.map((choice) => `"${choice}"`);
  throw badOption(name, `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`, value);
}

export function checkBoolean(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw badOption(name, "a boolean", value);
}

/** Accepts a scope, also one of a second copy of this package. */
export function checkScope(value: unknown): void {
  if (value === undefined) return;
  const known = typeof value === "object" && value !== null && "findNamed" in value;
  if (!known) throw badOption("scope", "a scope made by createTypeScope()", value);
}

/** Accepts the number of a type: 32 bits, of which Fory reserves the greatest value. */
export function checkTypeId(value: unknown): void {
  if (value === undefined || isIdUpTo(value, 0xffff_fffe)) return;
  throw badOption("id", "an integer from 0 to 2^32 − 2", value);
}

/** Returns true for an integer from 0 to `most`. */
export function isIdUpTo(value: unknown, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}
