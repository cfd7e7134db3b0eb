import { exactJson } from "../files/exact-json.ts";

/** Parses a JSON object for a writer of JSON: numbers beyond 2^53 keep their digits. */
export function structured(text: string): Record<string, unknown> {
  return exactJson.parse(text, (_, value, { source }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && source !== undefined
      ? exactJson.rawJSON(source)
      : value,
  ) as Record<string, unknown>;
}
