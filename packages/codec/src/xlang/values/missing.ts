import { arrayClass } from "../../bytes/array-class.ts";
import { fail } from "../../failure.ts";
import type { FieldType } from "../../schema/field-type.ts";
import type { WireField, WireTypeInfo } from "../../schema/wire-type-info.ts";

/**
 * Returns the function that makes the value of a field which the message lacks, or which is null
 * there and not nullable here: the default, null or undefined, else the zero of its type
 * (docs/fory.md, "Evolution").
 */
export function absentValue(info: WireTypeInfo, field: WireField): () => unknown {
  if (field.nullable) {
    const empty = field.optional ? undefined : null;
    return field.default ?? (() => empty);
  }
  return (
    field.default ??
    zeroOf(field.type) ??
    (() => {
      throw fail(
        "mismatch",
        `the message is of another version of ${info.tag} and has no value for the field: ` +
          "give the field .default() or .optional()",
      ).inField(field.key);
    })
  );
}

/** Returns the function that makes the zero of a type; undefined for types without one. */
function zeroOf(type: FieldType): (() => unknown) | undefined {
  switch (type.kind) {
    case "bool":
      return () => false;
    case "string":
      return () => "";
    case "binary":
      return () => new Uint8Array(0);
    case "list":
      return () => [];
    case "set":
      return () => new Set();
    case "map":
      return () => (type.form === "record" ? {} : new Map());
    case "array": {
      const { element } = type;
      if (element === "bool") return () => [];
      return () => new arrayClass[element](new ArrayBuffer(0));
    }
    case "enum":
      return () => type.values[0];
    case "any":
      return () => null;
    case "struct":
    case "union":
    case "named_union":
    case "ext":
    case "timestamp":
    case "date":
    case "duration":
    case "decimal":
      return undefined;
    default:
      return type.as === "bigint" ? () => 0n : () => 0;
  }
}
