import { Failure } from "../failure.ts";

/** The Python package shows as many keys, with as many characters of each. */
const shown = 5;
const keyLength = 80;

/** Makes the failure for keys that a type does not have. The text is that of the Python package. */
export function unexpectedFields(keys: readonly string[], names: readonly string[]): Failure {
  const list = keys.slice(0, shown).map((key) => {
    const text = key.length > keyLength ? `${key.slice(0, keyLength)}...(truncated)` : key;
    return repr(text);
  });
  if (keys.length > shown) list.push(`...(+${keys.length - shown} more)`);
  const known = [...names].sort().map(repr);
  return new Failure(
    "mismatch",
    `unexpected JSON field(s) [${list.map(repr).join(", ")}] (expected: [${known.join(", ")}])`,
    { lead: "contract violation at " },
  );
}

/** Returns a string as Python prints it in a list. No character can break out of the line. */
function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"\p{C}\p{Z}]/gu, (char) => {
    if (char === "\\") return "\\\\";
    if (char === "'" || char === '"') return char === quote ? `\\${char}` : char;
    return char === " " ? char : escaped(char);
  });
  return quote + body + quote;
}

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 256) return short[char] ?? `\\x${hex.padStart(2, "0")}`;
  return code < 0x1_0000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
