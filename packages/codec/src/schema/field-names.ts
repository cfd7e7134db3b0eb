import { CodecError } from "../error.ts";
import type { WireField } from "./wire-type.ts";

const fieldName = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/;

/** Whether a value is a number that may stand for a name: an integer from 0 to `most`. */
export function isId(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

/** Throws {@link CodecError} `schema` for names and numbers of fields that clash or break the rules. */
export function checkNames(tag: string, fields: readonly WireField[]): void {
  const keys = new Map<string, string>();
  const ids = new Set<number>();
  for (const { name, key, fieldId } of fields) {
    if (fieldId !== undefined && (!isId(fieldId, 32_767) || ids.has(fieldId))) {
      throw new CodecError(
        "schema",
        `${tag}.${key}: a fieldId is an integer from 0 to 32767, another for every field`,
      );
    }
    if (fieldId !== undefined) ids.add(fieldId);
    if (!fieldName.test(name)) {
      throw new CodecError(
        "schema",
        `${tag}.${key}: ${JSON.stringify(name.slice(0, 80))} is no field name; ` +
          'give the field one of letters, digits and _ with .meta({ name: "…" })',
      );
    }
    const other = keys.get(name);
    if (other !== undefined) {
      throw new CodecError(
        "schema",
        `${tag}: ${other} and ${key} are both "${name}" on the wire; ` +
          'rename one, or give it another name with .meta({ name: "…" })',
      );
    }
    keys.set(name, key);
  }
}
