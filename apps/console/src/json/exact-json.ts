// JSON in which integers beyond 2^53 keep their digits, as bigints.

interface Source {
  readonly source?: string;
}

type Reviver = (key: string, value: unknown, context?: Source) => unknown;

const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const INTEGER = /^-?\d+$/;

/** Parses JSON. Throws `SyntaxError`. */
export function parseJson(text: string): unknown {
  // browsers without the source of numbers pass no context
  return parse(text, (_, value, context) =>
    typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    context?.source !== undefined &&
    INTEGER.test(context.source)
      ? BigInt(context.source)
      : value,
  );
}

/** Writes JSON on one line. Members that are `undefined` are left out. */
export function jsonText(value: unknown): string {
  return written(value, "", "");
}

/** Writes JSON with two spaces of indentation. */
export function prettyJson(value: unknown): string {
  return written(value, "  ", "\n");
}

function written(value: unknown, step: string, line: string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const isList = Array.isArray(value);
  const space = step === "" ? "" : " ";
  const parts = isList
    ? value.map((item) => written(item, step, line + step))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(
          ([key, member]) => `${JSON.stringify(key)}:${space}${written(member, step, line + step)}`,
        );
  const [open, close] = isList ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  const inner = step === "" ? "" : line + step;
  return `${open}${inner}${parts.join(`,${inner}`)}${step === "" ? "" : line}${close}`;
}
