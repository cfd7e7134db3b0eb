import { TransportError } from "./error.ts";

/** The error of a wrong option: `option idleTimeoutMs must be a positive number, got -1`. */
export function wrongOption(name: string, expected: string, got: unknown): TransportError {
  return new TransportError("option", `option ${name} must be ${expected}, got ${shown(got)}`);
}

/** Throws {@link TransportError} `"option"` unless `value` is a whole number within bounds. */
export function checkWholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw wrongOption(name, `a whole number from ${least} to ${most}`, value);
}

/** A value in an error text. Numbers and strings as they are, of other values only the type. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || value === null || value === undefined) return String(value);
  return typeof value;
}
