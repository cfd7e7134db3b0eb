/** The `JSON` of Node.js, with members that the library of TypeScript lacks. */
interface RawJson {
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
}

interface Source {
  readonly source?: string | undefined;
}

const json = JSON as unknown as RawJson;

/** Parses a JSON object for a writer of JSON: numbers beyond 2^53 keep their digits. */
export function structured(text: string): Record<string, unknown> {
  return json.parse(text, (_, value, { source }) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && source !== undefined
      ? json.rawJSON(source)
      : value,
  ) as Record<string, unknown>;
}
