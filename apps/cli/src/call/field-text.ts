import { plainNames, type TypeShape, type ValueShape, valueText } from "@aster/contract/model";
import { usageFailure } from "../command/failure.ts";
import { parseExact } from "../files/exact-json.ts";

const INTEGER = /^[+-]?\d+$/;
const NUMBERS = /^(?:(?:tagged_|var_?)?u?int\d+|var_uint\d+|b?float\d+)$/;

/**
 * Reads the text of a value as its type. Texts of strings need no quotes; values with parts are
 * JSON. Throws a failure for a text that does not fit.
 */
export function valueOfText(name: string, shape: ValueShape, text: string): unknown {
  if (shape.nullable === true && text === "null") return null;
  const value = plainValue(shape.type, text);
  if (value !== undefined) return value;
  throw usageFailure(
    `${name} takes ${valueText(shape, plainNames)}, not ${JSON.stringify(text)}`,
    hintFor(shape.type),
    "request.invalid",
  );
}

/** The value of a text as its JSON says, and the text itself if it is not JSON. */
export function looseValue(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

/** The values that a type allows, for a completion. */
export function valuesOfType(type: TypeShape): readonly string[] {
  if (type.kind === "bool") return ["true", "false"];
  return type.kind === "enum" ? type.values.map(String) : [];
}

function plainValue(type: TypeShape, text: string): unknown {
  switch (type.kind) {
    case "string":
      return text;
    case "bool":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "enum":
      return type.values.find((value) => String(value) === text);
    case "list":
    case "set":
    case "map":
    case "array":
    case "struct":
    case "cases":
    case "union":
      return parsed(text, (value) => typeof value === "object" && value !== null);
    default:
      if (type.kind === "any") return looseValue(text);
      // times, decimals and bytes are texts in JSON
      return NUMBERS.test(type.kind) ? numberOf(type.kind, text) : text;
  }
}

function numberOf(kind: string, text: string): unknown {
  if (!kind.includes("float")) {
    if (!INTEGER.test(text)) return undefined;
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  if (/^(?:NaN|[+-]?Infinity)$/.test(text)) return text;
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? undefined : value;
}

function parsed(text: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value = parseExact(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function hintFor(type: TypeShape): string {
  const values = valuesOfType(type);
  if (values.length > 0) return `use ${values.join(" or ")}`;
  return type.kind === "list" || type.kind === "struct" || type.kind === "map"
    ? "write it as JSON"
    : "";
}
