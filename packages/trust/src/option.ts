import { AdmissionError } from "./error.ts";

/** The error of a wrong option: `option expiresAt must be a whole number, got "12"`. */
export function wrongOption(name: string, expected: string, got: unknown): AdmissionError {
  return new AdmissionError("option", `option ${name} must be ${expected}, got ${shown(got)}`);
}

/** Numbers and strings as they are, of other values only the type. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 200));
  if (typeof value === "number" || value === null || value === undefined) return String(value);
  return typeof value;
}
