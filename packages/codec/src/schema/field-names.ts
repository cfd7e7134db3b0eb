import { CodecError } from "../error.ts";
import { isIdUpTo } from "../option-check.ts";
import type { WireField } from "./wire-type-info.ts";

const fieldName = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;

/** Throws {@link CodecError} `schema` for names and numbers of fields that clash or are invalid. */
export function checkNames(tag: string, fields: readonly WireField[]): void {
  const keys = new Map<string, string>();
  const ids = new Set<number>();
  for (const { name, key, fieldId } of fields) {
    if (fieldId !== undefined && (!isIdUpTo(fieldId, 32_767) || ids.has(fieldId))) {
      throw new CodecError(
        "schema",
        `${tag}.${key}: a fieldId must be an integer from 0 to 32767, different for each field`,
      );
    }
    if (fieldId !== undefined) ids.add(fieldId);
    if (!fieldName.test(name)) {
      throw new CodecError(
        "schema",
        `${tag}.${key}: ${JSON.stringify(name.slice(0, 80))} is not a field name; ` +
          'use letters, digits and _ only, or set a name with .meta({ name: "…" })',
      );
    }
    const other = keys.get(name);
    if (other !== undefined) {
      throw new CodecError(
        "schema",
        `${tag}: ${other} and ${key} are both "${name}" on the wire; ` +
          'rename one, or set another name with .meta({ name: "…" })',
      );
    }
    keys.set(name, key);
  }
}

const upper = /[A-Z]/;
const lower = /[a-z]/;
const lowerOrDigit = /[a-z0-9]/;

/**
 * Returns the wire name of an identifier by Fory's rule: `_` before an upper-case letter that
 * follows a lower-case letter or digit, or that ends a run of capitals (`parseHTTPBody` is
 * `parse_http_body`).
 */
export function snakeCase(name: string): string {
  let out = "";
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    if (upper.test(char)) {
      const before = name.charAt(i - 1);
      const starts =
        lowerOrDigit.test(before) || (upper.test(before) && lower.test(name.charAt(i + 1)));
      if (starts && !out.endsWith("_")) out += "_";
    }
    out += char.toLowerCase();
  }
  return out.replace(/_+$/, "") || name;
}
