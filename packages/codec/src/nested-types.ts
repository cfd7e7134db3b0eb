import type { FieldType } from "./field-type.ts";
import type { WireTypeInfo } from "./wire-type.ts";

/** The wire types directly inside a field's type. */
export function nestedTypes(type: FieldType): readonly WireTypeInfo[] {
  switch (type.kind) {
    case "list":
    case "set":
      return nestedTypes(type.element.type);
    case "map":
      return nestedTypes(type.value.type);
    case "struct":
      return [type.info()];
    case "union":
      return type.options.map((option) => option.info());
    case "ext":
      return nestedTypes(type.form.type);
    default:
      return [];
  }
}
