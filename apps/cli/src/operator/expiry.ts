import type { ExpiryOptions } from "@aster/trust";
import { usageFailure } from "../command/failure.ts";

const TERM = /^\d{1,9}[smhd]$/;

/** The end that `--expires 30d|24h|ISO` names. Default: 30 days from now. */
export function expiryIn(text: string | undefined): ExpiryOptions {
  if (text === undefined) return {};
  const trimmed = text.trim();
  if (TERM.test(trimmed)) return { expiresIn: trimmed };
  // ISO 8601 without a zone is UTC, as in the Python package
  const zoned = /\d{2}:\d{2}/.test(trimmed) && !/(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed);
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(trimmed)
    ? Date.parse(zoned ? `${trimmed}Z` : trimmed)
    : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw usageFailure(`--expires takes 30d, 24h or an ISO 8601 time, not "${text}"`);
  }
  return { expiresAt: Math.floor(atMs / 1000) };
}
