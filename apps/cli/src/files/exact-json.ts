// JSON in which integers beyond 2^53 keep their digits, as bigints.

/** The `JSON` of Node.js, with members that the library of TypeScript lacks. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
  rawJSON(text: string): unknown;
}

interface Source {
  readonly source?: string | undefined;
}

export const exactJson = JSON as unknown as ExactJson;
const INTEGER = /^-?\d+$/;

/** Parses JSON. Throws `SyntaxError`. */
export function parseExact(text: string): unknown {
  return exactJson.parse(text, (_, value, { source }) =>
    typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    INTEGER.test(source)
      ? BigInt(source)
      : value,
  );
}

/** Writes JSON, on one line unless `indent` is given. */
export function stringifyExact(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_, part) => (typeof part === "bigint" ? exactJson.rawJSON(String(part)) : part),
    indent,
  );
}
