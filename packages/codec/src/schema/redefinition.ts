import type { CodecError } from "../error.ts";

const warned = new Set<string>();

/**
 * Throws the error of a tag or number that two types claim. In development the later definition
 * counts instead, with one warning per tag: a development server evaluates edited modules again in
 * the same process.
 */
export function refuseUnlessReloaded(tag: string, error: CodecError): void {
  if (!isDevelopment()) throw error;
  if (warned.has(tag)) return;
  warned.add(tag);
  const runtime = globalThis.process as { emitWarning?: typeof process.emitWarning } | undefined;
  const text = `${error.message}. The later definition counts, because NODE_ENV is "development"`;
  runtime?.emitWarning?.(text, { type: "AsterWarning" });
}

/** Bundlers replace the expression with a text, also where there is no `process`. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV === "development";
  } catch {
    return false;
  }
}
